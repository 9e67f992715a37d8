import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { filters, type Filter } from '../../../protocol/answers.js';
import { after } from '../../clock.js';
import { addressOf, go } from '../../live/router.js';
import { Empty, Failed, Partial, Stale, Waiting } from '../../parts/notices.js';
import { visibleOf } from '../../text/visible.js';
import { numberOf, plural } from '../../text/words.js';
import { CircuitTable } from './circuit-table.js';
import { useList, type ListState } from './use-list.js';
import { useTitle } from '../use-title.js';

const filterWords: Readonly<Record<Filter, string>> = {
  troubled: 'In trouble',
  open: 'Open',
  'half-open': 'Half-open',
  forced: 'Forced',
  all: 'All',
};

/** Which circuits, and how they are. */
export function ListScreen({
  query,
  prefix,
}: {
  readonly query: URLSearchParams;
  readonly prefix: string;
}): JSX.Element {
  const filter = filters.find((each) => each === query.get('filter')) ?? 'troubled';
  const kind = query.get('kind');
  const search = query.get('search') ?? '';
  const list = useList({ filter, kind: kind ?? '', search, prefix });
  useTitle(`${filterWords[filter]}${search === '' ? '' : `: ${visibleOf(search)}`}`);

  return (
    <div class="screen">
      <div class="headline">
        <h1>Circuits</h1>
        <div class="lead news">
          <p>{countWords(list)}</p>
          <div role="status">
            {list.news > 0 && (
              <button type="button" class="button news-button" onClick={list.restart}>
                {plural(list.news, 'other has', 'others have')} changed · Show
              </button>
            )}
          </div>
        </div>
      </div>
      <div class="list-bar">
        <SearchBox
          prefix={prefix}
          search={search}
          onSearch={(next) => go(addressOf('/list', { filter, search: next }), { replace: true })}
        />
        <nav class="filters" aria-label="Which circuits">
          {filters.map((each) => (
            <a
              key={each}
              href={addressOf('/list', {
                filter: each === 'troubled' ? '' : each,
                search,
                kind: each === 'all' ? '' : (kind ?? ''),
              })}
              aria-current={each === filter ? 'true' : undefined}
            >
              {filterWords[each]}
            </a>
          ))}
        </nav>
      </div>
      {kind !== null && (
        <p class="hint">
          Only of the kind “{visibleOf(kind)}”. <a href={addressOf('/list', { filter, search })}>Show all kinds</a>
        </p>
      )}
      <Stale fault={list.circuits.length > 0 ? list.fault : null} health={list.health} />
      {list.health !== null && filter !== 'all' && <Partial health={list.health} />}
      <ListBody list={list} filter={filter} search={search} />
    </div>
  );
}

function ListBody({
  list,
  filter,
  search,
}: {
  readonly list: ListState;
  readonly filter: Filter;
  readonly search: string;
}): JSX.Element {
  if (list.circuits.length === 0) {
    if (list.fault !== null) return <Failed fault={list.fault} onRetry={list.restart} />;
    if (list.isLoading) return <Waiting rows={8} label="Circuits are being listed." />;
    if (list.health?.answers === false) return <></>;
    return <Nothing filter={filter} search={search} />;
  }
  return (
    <>
      <CircuitTable circuits={list.circuits} />
      <div class="more">
        {list.isLoading && <p role="status">Looking…</p>}
        {!list.isLoading && list.hasMore && (
          <button type="button" class="button" onClick={list.more}>
            Show more
          </button>
        )}
        {!list.isLoading && !list.hasMore && <p class="quiet">That is all.</p>}
      </div>
    </>
  );
}

function Nothing({ filter, search }: { readonly filter: Filter; readonly search: string }): JSX.Element {
  if (search !== '') {
    return (
      <Empty title="No circuit’s name begins so">
        <p>
          {filter === 'all'
            ? 'Names are searched from their beginning, as they are stored.'
            : 'Only circuits in this state are searched.'}
        </p>
        {filter !== 'all' && (
          <a class="button" href={addressOf('/list', { filter: 'all', search })}>
            Search all circuits
          </a>
        )}
      </Empty>
    );
  }
  if (filter === 'all')
    return (
      <Empty title="The store holds no circuit">
        <p>A circuit appears here once a call of it was counted.</p>
      </Empty>
    );
  return (
    <Empty title={filter === 'troubled' ? 'No circuit is in trouble' : 'No circuit is in this state'}>
      <p>All others let calls through.</p>
    </Empty>
  );
}

interface SearchBoxProps {
  readonly prefix: string;
  readonly search: string;
  readonly onSearch: (search: string) => void;
}

function SearchBox({ prefix, search, onSearch }: SearchBoxProps): JSX.Element {
  const [text, setText] = useState(search);
  const waiting = useRef<() => void>(() => {});
  useEffect(() => setText(search), [search]);
  const onInput = (value: string): void => {
    // A whole name that was pasted: its beginning stands there already.
    const rest = prefix !== '' && value.startsWith(prefix) ? value.slice(prefix.length) : value;
    setText(rest);
    waiting.current();
    waiting.current = after(250, () => onSearch(rest));
  };
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        waiting.current();
        onSearch(text);
      }}
    >
      <label for="search">Name begins with</label>
      <div class="search-field">
        {prefix !== '' && <span class="search-prefix">{visibleOf(prefix)}</span>}
        <input
          id="search"
          type="search"
          value={text}
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </div>
    </form>
  );
}

function countWords({ total, circuits, isLoading, hasMore }: ListState): string {
  if (total !== null)
    return total === circuits.length
      ? plural(total, 'circuit')
      : `${numberOf(circuits.length)} of ${plural(total, 'circuit')}`;
  if (circuits.length === 0) return isLoading ? 'Looking…' : '\u00a0';
  return hasMore
    ? `The first ${numberOf(circuits.length)}, in the store’s own order`
    : plural(circuits.length, 'circuit');
}
