import { gobreaker } from './gobreaker.mjs';
import { lockGetSetUnlock } from './lock-get-set-unlock.mjs';
import { boundedOurs, strictOurs } from './ours.mjs';
import { wholeRecord } from './whole-record.mjs';

/**
 * Ways for many processes to share one circuit's counts.
 *
 * Each has `open(client, url)`, which answers `call(isOver)` (true: the call was made and its end acknowledged; false: it
 * gave up because the time was over), and where needed `clear()`, `flush()`, `close()`; and `counted(client)`: how many
 * calls the store knows of afterwards.
 */
export const protocols = [boundedOurs, strictOurs, wholeRecord, lockGetSetUnlock, gobreaker];
