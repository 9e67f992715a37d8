import type { Check } from '../conformance/check.js';
import { applying } from './applying.js';
import { clocks } from './clocks.js';
import { corruption } from './corruption.js';
import { deleting } from './deleting.js';
import { endings } from './endings.js';
import { expiry } from './expiry.js';
import { linearizable } from './histories.js';
import { lateLeases } from './late-leases.js';
import { listing } from './listing.js';
import { lockWaiting } from './lock-waiting.js';
import { locking } from './locking.js';
import { lostReplies } from './lost-replies.js';
import { writersMeeting } from './meeting.js';
import { naming } from './naming.js';
import { outages } from './outages.js';
import { reading } from './reading.js';
import { removing } from './removal.js';
import { storing } from './storing.js';
import { trouble } from './trouble.js';
import { underWay } from './under-way.js';
import { watching } from './watching.js';

/** Every check of the suite, as plain data, in the order of the contract. */
export const checks: readonly Check[] = [
  ...reading,
  ...linearizable,
  ...applying,
  ...storing,
  ...writersMeeting,
  ...expiry,
  ...removing,
  ...naming,
  ...locking,
  ...lockWaiting,
  ...lateLeases,
  ...deleting,
  ...listing,
  ...trouble,
  ...watching,
  ...outages,
  ...lostReplies,
  ...underWay,
  ...corruption,
  ...endings,
  ...clocks,
];
