import { setImmediate as turn } from 'node:timers/promises';
import { Reservoir } from '../../measure/statistics.mjs';
import { connect, countCommands } from '../../processes/redis-client.mjs';
import { protocols } from './protocols/protocols.mjs';

/** How often a caller whose calls need no I/O lets the event loop turn. */
const callsPerTurn = 100;

/** One process of callers on the one circuit. */
export async function run({ id, url, callers, milliseconds }, { barrier }) {
  const client = await connect(url);
  const circuit = await protocols.find((protocol) => protocol.id === id).open(client, url);
  // Scripts are loaded, code is compiled, the circuit exists; all of it before the count begins. As many callers and as
  // long as in what is counted: until V8 has compiled the code for so many, a call takes three times as long.
  const warm = performance.now() + milliseconds;
  const isWarm = () => performance.now() >= warm;
  await Promise.all(Array.from({ length: callers }, () => callUntil(circuit, isWarm, () => {})));
  await barrier('warm');
  await circuit.clear?.();
  await barrier('cleared');
  await circuit.look?.();
  await barrier('begin');

  const counted = countCommands();
  const latencies = new Reservoir(20_000);
  const begun = performance.now();
  const over = begun + milliseconds;
  const isOver = () => performance.now() >= over;
  const totals = { calls: 0, inTime: 0, unfinished: 0 };
  const onCall = (done, started) => {
    if (!done) {
      totals.unfinished += 1;
      return;
    }
    const ended = performance.now();
    totals.calls += 1;
    if (ended < over) totals.inTime += 1;
    latencies.add(ended - started);
  };
  await Promise.all(Array.from({ length: callers }, () => callUntil(circuit, isOver, onCall)));
  await circuit.flush?.();
  const { commands } = counted;
  await barrier('end');
  await circuit.close?.();
  client.disconnect();
  return { ...totals, seconds: milliseconds / 1_000, commands, latencies: latencies.values };
}

/** One caller. A call that gives up because the time is over answers false. */
async function callUntil(circuit, isOver, onCall) {
  for (let calls = 1; !isOver(); calls += 1) {
    const started = performance.now();
    onCall(await circuit.call(isOver), started);
    if (circuit.isInMemory && calls % callsPerTurn === 0) await turn();
  }
}
