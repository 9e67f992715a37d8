import type { Time } from '../clock.js';
import type { Need } from './check.js';
import { checkHarness } from './harness/harness-guard.js';
import { HarnessFault } from './harness/harness.js';
import { Session } from './session.js';
import { freshStoreName } from './harness/store-names.js';
import { Trace } from './telling/trace.js';

/** What a harness and its backend offer. */
export type Capabilities = Readonly<Record<Need, boolean>>;

/**
 * Tries the harness before any clause is blamed: it opens, connects twice, begins and ends an outage and lost replies, counts, and closes.
 *
 * @throws HarnessFault
 */
export async function preflight(harness: unknown, time: Time): Promise<Capabilities> {
  checkHarness(harness);
  const session = await Session.open(harness, new Trace(), time, { name: freshStoreName(), ordinal: 0 });
  let capabilities: Capabilities;
  try {
    capabilities = await tryOut(session);
  } catch (error) {
    await session.close().catch(() => {
      // The first fault is the one to tell.
    });
    throw error;
  }
  await session.close();
  return capabilities;
}

async function tryOut(session: Session): Promise<Capabilities> {
  const [first, second] = await session.connectMany(2);
  if (first?.raw === second?.raw) {
    throw new HarnessFault('connect()', 'answered the same object twice: each call is another process on one store');
  }
  if (session.can.outage) {
    await session.beginOutage();
    await session.endOutage();
  }
  if (session.can.lostReplies) {
    await session.beginLostReplies();
    await session.endLostReplies();
  }
  if (session.can.held) await session.held();
  return {
    ...session.can,
    watch: typeof first?.raw.watch === 'function',
    close: typeof first?.raw.close === 'function',
  };
}
