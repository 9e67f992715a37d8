/** People who look: each has the overview, the list and a circuit open, as the page asks for them, and a stream. */

const screens = {
  overview: () => '/api/overview',
  'list of troubled': () => '/api/list?filter=troubled',
  'list of all': () => '/api/list?filter=all',
  circuit: (round) => `/api/circuit?name=${encodeURIComponent(`send-mail/tenant-${round % 50}`)}`,
};

/**
 * Looks `rounds` times with so many viewers at once, and answers how long each kind of page took, ms.
 *
 * @param {{ url: string, viewers: number, rounds: number, pause: number, at?: readonly (keyof typeof screens)[] }} options
 *   `pause`: ms between a viewer's rounds; `at`: which screens, default all
 * @returns {Promise<Record<keyof typeof screens, number[]>>}
 */
export async function look({ url, viewers, rounds, pause, at = Object.keys(screens) }) {
  const took = Object.fromEntries(at.map((name) => [name, []]));
  const base = url.replace(/\/$/, '');
  const controller = new AbortController();
  const viewer = async () => {
    const stream = await fetch(`${base}/api/events`, { signal: controller.signal });
    stream.body.pipeTo(new WritableStream()).catch(() => {});
    for (let round = 0; round < rounds; round += 1) {
      for (const name of at) {
        const began = performance.now();
        const answer = await fetch(base + screens[name](round));
        await answer.json();
        if (!answer.ok) throw new Error(`${name}: status ${answer.status}`);
        took[name].push(performance.now() - began);
      }
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  await Promise.all(Array.from({ length: viewers }, viewer));
  controller.abort();
  return took;
}

/** How many commands a Redis was given so far, by name. */
export async function commandsOf(client) {
  const info = await client.info('commandstats');
  return Object.fromEntries(
    [...info.matchAll(/cmdstat_([^:]+):calls=(\d+)/g)].map(([, name, calls]) => [name, Number(calls)]),
  );
}
