/**
 * All directed tests of the machine as one file, for mutation testing: a mutant then costs one module graph, not one
 * per file. `jest.mutation.config.mjs` runs this alone; jest's usual run doesn't see it.
 */
import './calls-window.test.js';
import './closing.test.js';
import './draft.test.js';
import './end-steps.test.js';
import './ends.test.js';
import './fence.test.js';
import './information.test.js';
import './override.test.js';
import './report.test.js';
import './revision.test.js';
import './start-steps.test.js';
import './tickets.test.js';
import './time-window.test.js';
import './told.test.js';
import './transition.test.js';
import './trip.test.js';
import './ttl.test.js';
