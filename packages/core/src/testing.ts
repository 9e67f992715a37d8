export { nextTurn } from './time/clock.js';
export { VirtualClock } from './time/virtual-clock.js';
export { corruptMemoryRecord, heldMemoryRecords } from './memory/memory-backend.js';
