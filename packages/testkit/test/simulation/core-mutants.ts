import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A fault planted in core's sources. */
export interface CoreMutant {
  readonly name: string;
  /** Below core's src. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** The rules one of which it must break. */
  readonly breaks: readonly string[];
}

const source = resolve(fileURLToPath(import.meta.url), '../../../../core/src');

/** The faults that simulated fleets must find. */
export const coreMutants: readonly CoreMutant[] = [
  {
    name: 'no fence: an outcome counts whatever became of its state',
    file: 'machine/record/fence.ts',
    find: 'return fence.since === record.since || (record.state === ',
    replace: 'return true || (record.state === ',
    breaks: ['F8', 'F2'],
  },
  {
    name: 'over-taken tickets: the reader decides, not the atomic counter',
    file: 'machine/record/tickets.ts',
    find: 'return (after.counters[counter.trialsStarted] ?? 0) <= (after.counters[counter.trialsLimit] ?? 0);',
    replace: 'return after.revision > 0;',
    breaks: ['F1'],
  },
  {
    name: 'early half-open: a round begins before the pause is over',
    file: 'machine/record/ends.ts',
    find: 'return end !== null && end <= momentOf(now);',
    replace: 'return end !== null && end - 150 <= momentOf(now);',
    breaks: ['F4'],
  },
  {
    name: 'no new round: a round whose workers died is never given up',
    file: 'machine/transition/transition.ts',
    find: "return hasEnded(record, now, rules) ? beginRound(record, now, rules, 'new-round') : null;",
    replace: 'return null;',
    breaks: ['F5'],
  },
  {
    name: 'losers announce: whoever tried to store a transition tells of it',
    file: 'store/transitions.ts',
    find: 'if (written.applied && records.isShared) announce(',
    replace: 'if (records.isShared) announce(',
    breaks: ['F3'],
  },
  {
    name: 'double apply: a write without an answer is sent again',
    file: 'store/store-door.ts',
    find: 'this.#hear(question, backend.apply(question.circuit.name, revision, delta, { ttl, signal }));',
    replace:
      'const send = () => backend.apply(question.circuit.name, revision, delta, { ttl, signal }); this.#hear(question, Promise.race([send(), new Promise<never>((_, reject) => this.#shared.settings.clock.after(60, () => reject(new Error())))]).catch(send));',
    breaks: ['F2', 'F8'],
  },
  {
    name: 'batches of mixed fences: late outcomes ride with current ones',
    file: 'outcomes/batch.ts',
    find: 'return isOfOne && isLocalTrial(one.call) === isLocalTrial(other.call);',
    replace: 'return (isOfOne || true) && isLocalTrial(one.call) === isLocalTrial(other.call);',
    breaks: ['F2', 'F8'],
  },
  {
    name: 'store without expect: a round takes the sample without looking whether it moved',
    file: 'store/store-door.ts',
    find: 'const options = expect === undefined ? { ttl, signal } : { ttl, signal, expect };',
    replace: 'const options = { ttl, signal }; void expect;',
    breaks: ['F1', 'F2', 'F8'],
  },
  {
    name: 'a retrieve is joined on the wire',
    file: 'store/stored-record.ts',
    find: 'if (this.#next !== null) return this.#next.answer;',
    replace:
      'if (this.#onWire !== null && this.#next === null) return this.#onWire.answer;\n    if (this.#next !== null) return this.#next.answer;',
    breaks: ['F4'],
  },
  {
    name: 'storage errors leak: an outage reaches the caller',
    file: 'admission/strict-gate.ts',
    find: 'if (!this.#standby.covers(error)) return refusedBy(error);',
    replace: 'return refusedBy(error);',
    breaks: ['F7'],
  },
];

/** Builds core with the fault in it. */
export async function plant(mutant: CoreMutant, outfile: string): Promise<void> {
  const file = join(source, mutant.file);
  let isPlanted = false;
  await build({
    entryPoints: [join(source, 'index.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    plugins: [
      {
        name: 'plant',
        setup(bundle) {
          bundle.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const text = await readFile(path, 'utf8');
            if (path !== file) return { contents: text, loader: 'ts' };
            isPlanted = true;
            return { contents: replaceOnce(text, mutant), loader: 'ts' };
          });
        },
      },
    ],
  });
  if (!isPlanted) throw new Error(`The mutant "${mutant.name}" names ${mutant.file}, which core doesn't have.`);
}

function replaceOnce(text: string, { name, find, replace, file }: CoreMutant): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`The mutant "${name}" no longer fits ${file}: found ${parts.length - 1} places, not one.`);
  return parts.join(replace);
}
