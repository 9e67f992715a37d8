import { render, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../protocol/answers.js';
import { ApiFault, get } from './live/api.js';
import { changes } from './live/changes.js';
import { usePlace } from './live/router.js';
import { Header } from './parts/header.js';
import { Failed } from './parts/notices.js';
import { CircuitScreen } from './screens/circuit/circuit.js';
import { ListScreen } from './screens/list/list.js';
import { OverviewScreen } from './screens/overview/overview.js';
import { zone } from './text/times.js';
import { visibleOf } from './text/visible.js';
import { Toasts } from './parts/toasts.js';

function App(): JSX.Element {
  const place = usePlace();
  const [session, setSession] = useState<Session | null>(null);
  const [fault, setFault] = useState<ApiFault | null>(null);
  const content = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  const begin = (): void => {
    setFault(null);
    get<Session>('/api/session').then(
      (found) => {
        setSession(found);
        changes.begin();
      },
      (error: unknown) =>
        setFault(
          error instanceof ApiFault ? error : new ApiFault({ code: 'ERR_UNEXPECTED', message: String(error) }, 0),
        ),
    );
  };
  useEffect(begin, []);

  const name = place.query.get('name') ?? '';
  useEffect(() => {
    // On another screen a reader who hears the page begins at its top; the first is read from the beginning anyway.
    if (!isFirst.current) content.current?.focus({ preventScroll: true });
    isFirst.current = false;
  }, [place.path, name]);

  return (
    <>
      <Header path={place.path} session={session} />
      <main id="content" tabIndex={-1} ref={content}>
        {fault !== null && <Failed fault={fault} onRetry={begin} />}
        {fault === null && screenOf(place.path, place.query, session)}
      </main>
      <footer class="bottom">
        <p>Times are yours: {zone.replaceAll('_', ' ')}.</p>
        {session !== null && session.prefix !== '' && (
          <p>You see the circuits whose names begin with “{visibleOf(session.prefix)}”.</p>
        )}
      </footer>
      <Toasts />
    </>
  );
}

function screenOf(path: string, query: URLSearchParams, session: Session | null): JSX.Element {
  switch (path) {
    case '/list':
      return <ListScreen query={query} prefix={session?.prefix ?? ''} />;
    case '/circuit':
      return <CircuitScreen name={query.get('name') ?? ''} session={session} />;
    default:
      return <OverviewScreen />;
  }
}

const root = document.getElementById('app');
if (root !== null) {
  root.textContent = '';
  render(<App />, root);
}
