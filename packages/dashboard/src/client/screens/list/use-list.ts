import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Filter, Health, Page } from '../../../protocol/answers.js';
import type { Change, CircuitView } from '../../../protocol/circuit.js';
import { ApiFault, get } from '../../live/api.js';
import { changes } from '../../live/changes.js';
import { noteServerTime } from '../../live/use-now.js';

/** What a list is of. */
export interface ListQuestion {
  readonly filter: Filter;
  readonly kind: string;
  readonly search: string;
  /** The viewer's own prefix, which stands before what is searched for. */
  readonly prefix: string;
}

/** A list as far as it was read. */
export interface ListState {
  readonly circuits: readonly CircuitView[];
  readonly health: Health | null;
  readonly fault: ApiFault | null;
  readonly total: number | null;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  /** Circuits that changed and are not in the list. */
  readonly news: number;
  readonly more: () => void;
  readonly restart: () => void;
}

interface Read {
  readonly circuits: readonly CircuitView[];
  readonly health: Health | null;
  readonly fault: ApiFault | null;
  readonly total: number | null;
  readonly next: string | null;
  readonly isLoading: boolean;
}

const nothingYet: Read = { circuits: [], health: null, fault: null, total: null, next: null, isLoading: true };

/** Pages without a find that are asked for by themselves: a walk through the store stops every 200 ms. */
const mostSilentPages = 100;

/**
 * Reads a list page by page. What changes meanwhile is changed in its row, where the reader may be looking at it; what
 * would come in is counted, and shown when they ask.
 */
export function useList({ filter, kind, search, prefix }: ListQuestion): ListState {
  const [read, setRead] = useState<Read>(nothingYet);
  const [news, setNews] = useState<ReadonlySet<string>>(new Set());
  const [round, setRound] = useState(0);
  const controller = useRef<AbortController | null>(null);

  const load = useCallback(
    async (start: string, known: readonly CircuitView[]) => {
      controller.current?.abort();
      const own = new AbortController();
      controller.current = own;
      setRead((before) => ({ ...before, circuits: known, fault: null, isLoading: true }));
      try {
        let circuits = known;
        let after = start;
        for (let silent = 0; ; silent += 1) {
          const page = await get<Page>(
            `/api/list?${new URLSearchParams({ filter, kind, search, after }).toString()}`,
            own.signal,
          );
          noteServerTime(page.now);
          circuits = withoutTwice([...circuits, ...page.circuits]);
          const goesOn = !page.isFull && page.next !== null && silent < mostSilentPages;
          setRead({
            circuits,
            health: page.health,
            fault: null,
            total: page.total,
            next: page.next,
            isLoading: goesOn,
          });
          if (!goesOn) return;
          after = page.next ?? '';
        }
      } catch (error) {
        if (own.signal.aborted) return;
        const fault =
          error instanceof ApiFault ? error : new ApiFault({ code: 'ERR_UNEXPECTED', message: String(error) }, 0);
        setRead((before) => ({ ...before, fault, isLoading: false }));
      }
    },
    [filter, kind, search],
  );

  useEffect(() => {
    setNews(new Set());
    void load('', []);
    return () => controller.current?.abort();
  }, [load, round]);

  useEffect(
    () =>
      changes.on(({ changes: seen }) => {
        if (seen.length === 0) return;
        setRead((before) => ({ ...before, circuits: before.circuits.map((circuit) => changed(circuit, seen)) }));
        setNews((before) => withNews(before, seen, { filter, kind, search, prefix }));
      }),
    [filter, kind, search, prefix],
  );

  const restart = useCallback(() => setRound((before) => before + 1), []);
  const more = useCallback(() => void load(read.next ?? '', read.circuits), [load, read]);
  const { circuits, health, fault, total, isLoading, next } = read;
  const unlisted = [...news].filter((name) => !circuits.some((circuit) => circuit.name === name)).length;
  return {
    circuits,
    health,
    fault,
    total,
    isLoading,
    hasMore: next !== null,
    news: isLoading ? 0 : unlisted,
    more,
    restart,
  };
}

function changed(circuit: CircuitView, seen: readonly Change[]): CircuitView {
  const last = seen.findLast(({ name }) => name === circuit.name);
  if (last === undefined) return circuit;
  const { state, override, lastFailure, at, until } = last;
  return {
    ...circuit,
    state,
    override,
    lastFailure,
    since: at,
    until,
    isDue: false,
    consecutiveFailures: 0,
    trials: null,
  };
}

function withNews(before: ReadonlySet<string>, seen: readonly Change[], question: ListQuestion): ReadonlySet<string> {
  const { filter, kind, search, prefix } = question;
  if (filter === 'all') return before;
  const names = seen
    .filter((each) => isWanted(each, filter) && each.name.startsWith(prefix + search))
    .filter((each) => kind === '' || each.kind === kind);
  return names.length === 0 ? before : new Set([...before, ...names.map(({ name }) => name)]);
}

function isWanted({ state, override }: Change, filter: Filter): boolean {
  if (filter === 'troubled') return state !== 'closed' || override !== null;
  return filter === 'forced' ? override !== null : override === null && state === filter;
}

/** A listing may yield a circuit twice (clause I1). */
function withoutTwice(circuits: readonly CircuitView[]): readonly CircuitView[] {
  return [...new Map(circuits.map((circuit) => [circuit.name, circuit])).values()];
}
