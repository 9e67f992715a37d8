import type { NamedRecord } from '@circuitry/core';
import type { Listings } from '../circuits/listings.js';
import { filters, type Filter, type Health, type Page } from '../protocol/answers.js';
import type { CircuitView } from '../protocol/circuit.js';
import { isInTrouble, viewOf } from '../records/view.js';
import type { StoreObserver } from '../watch/observer.js';
import type { Snapshot } from '../watch/troubled.js';
import type { Circuits } from '../circuits/circuits.js';
import type { Options } from './options.js';

/** How many circuits a page holds. */
const pageSize = 50;

/** What a list is asked for. */
export interface ListQuery {
  readonly filter: Filter;
  /** Only of this kind; null: of all. Not for `'all'`: a kind is known by reading a name, a prefix by asking for it. */
  readonly kind: string | null;
  /** What names begin with, after the viewer's own prefix. */
  readonly search: string;
  /** Where the page before ended; '': at the beginning. */
  readonly after: string;
}

interface ListingParts {
  readonly options: Options;
  readonly observer: StoreObserver;
  readonly listings: Listings;
  readonly circuits: Circuits;
}

/** Null: there is no such filter. */
export function readListQuery(query: Readonly<Record<string, string>>): ListQuery | null {
  const filter = filters.find((each) => each === (query['filter'] ?? 'troubled'));
  if (filter === undefined) return null;
  const { kind = '', search = '', after = '' } = query;
  return { filter, kind: kind === '' ? null : kind, search, after };
}

/** A page of circuits. Null: the listing that it goes on from is gone. */
export async function listPage(parts: ListingParts, prefix: string, query: ListQuery): Promise<Page | null> {
  const { options, observer } = parts;
  const snapshot = await observer.troubled(prefix);
  const now = options.clock.now();
  const health = healthOf(snapshot, observer, prefix);
  if (query.filter === 'all') return allCircuits(parts, prefix, query, health);

  const start = prefix + query.search;
  const matching = viewsOf(snapshot, options.kindOf, now)
    .filter((view) => view.name.startsWith(start) && isOf(query.filter, view))
    .filter(({ kind }) => query.kind === null || kind === query.kind)
    .sort(byUrgency);
  const from = Number(query.after) || 0;
  const next = from + pageSize;
  return {
    now,
    circuits: matching.slice(from, next),
    next: next < matching.length ? String(next) : null,
    total: matching.length,
    isFull: true,
    health,
  };
}

/** How the store does, as the last listing found it. */
export function healthOf(snapshot: Snapshot, observer: StoreObserver, prefix: string): Health {
  const { fault, took, asOf, isIndexed, isComplete, looked } = snapshot;
  return {
    answers: fault === null,
    error: fault?.message ?? null,
    took,
    asOf,
    push: observer.push,
    clockAhead: observer.clockAhead(prefix),
    isIndexed,
    isComplete,
    looked,
  };
}

/** The circuits of a snapshot that are in trouble at `now`. */
export function viewsOf(snapshot: Snapshot, kindOf: (name: string) => string, now: number): CircuitView[] {
  const views: CircuitView[] = [];
  for (const [name, record] of snapshot.records) {
    const view = viewOf(name, kindOf(name), record, now);
    if (isInTrouble(view)) views.push(view);
  }
  return views;
}

/** Every circuit: a walk through the store, in its own order. A name that was typed whole comes first, by one read. */
async function allCircuits(
  { options, observer, listings, circuits }: ListingParts,
  prefix: string,
  { search, after }: ListQuery,
  health: Health,
): Promise<Page | null> {
  const start = prefix + search;
  const exact = search !== '' && after === '' ? (await circuits.look(start)).circuit : null;
  const known = exact !== null && exact.revision > 0 ? exact : null;
  const walk = await (after === ''
    ? listings.begin(start, pageSize, prefix, observer.news)
    : listings.resume(after, pageSize, prefix));
  if (walk === null) return null;
  const now = options.clock.now();
  const views = walk.records
    .filter(({ name }) => name !== known?.name)
    .map(({ name, record }: NamedRecord) => viewOf(name, options.kindOf(name), record, now));
  return {
    now,
    circuits: known === null ? views : [known, ...views],
    next: walk.next,
    total: null,
    isFull: walk.isFull,
    health,
  };
}

function isOf(filter: Filter, { state, override }: CircuitView): boolean {
  switch (filter) {
    case 'open':
    case 'half-open':
      return override === null && state === filter;
    case 'forced':
      return override !== null;
    case 'troubled':
    case 'all':
      return true;
  }
}

/** Latest news first; names decide between equals, so that pages don't overlap. */
function byUrgency(one: CircuitView, other: CircuitView): number {
  return other.since - one.since || (one.name < other.name ? -1 : 1);
}
