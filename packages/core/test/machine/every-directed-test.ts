/**
 * All directed tests of the machine as one file, for mutation testing: a mutant then costs one module graph, not one
 * per file. `jest.mutation.config.mjs` runs this alone; jest's usual run doesn't see it.
 */
import './admission.test.js';
import './calls-window.test.js';
import './closing.test.js';
import './draft.test.js';
import './fence.test.js';
import './information.test.js';
import './report.test.js';
import './revision.test.js';
import './time-window.test.js';
import './transition.test.js';
import './trip.test.js';
import './ttl.test.js';
