/**
 * All directed tests of the machine as one file, for mutation testing: a mutant then costs one module graph, not one
 * per file. `jest.mutation.config.mjs` runs this alone; jest's usual run doesn't see it.
 */
import './window/calls-window.test.js';
import './rules/closing.test.js';
import './counting/draft.test.js';
import './steps/end-steps.test.js';
import './record/ends.test.js';
import './record/fence.test.js';
import './record/information.test.js';
import './transition/override.test.js';
import './counting/report.test.js';
import './record/revision.test.js';
import './steps/start-steps.test.js';
import './record/tickets.test.js';
import './window/time-window.test.js';
import './transition/told.test.js';
import './transition/transition.test.js';
import './rules/trip.test.js';
import './record/ttl.test.js';
