import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { after, everyWhileSeen, machineNow } from '../clock.js';
import { ApiFault, get } from './api.js';
import { noteServerTime } from './use-now.js';

/** What a screen knows: an answer, maybe an old one beside the fault that kept it from being renewed. */
export interface Answer<T> {
  readonly data: T | null;
  readonly fault: ApiFault | null;
  /** Asks again, soon: calls within a second are one. */
  readonly renew: () => void;
  /** Takes an answer that came another way. */
  readonly set: (data: T) => void;
}

const notSoonerThan = 1_000;

/** Asks for `path`, again every `every` ms while the page is seen, and when told to. */
export function useAnswer<T extends { readonly now: number }>(path: string, every: number): Answer<T> {
  const [state, setState] = useState<{ path: string; data: T | null; fault: ApiFault | null }>({
    path,
    data: null,
    fault: null,
  });
  const asked = useRef(-Infinity);
  const planned = useRef<(() => void) | null>(null);
  const controller = useRef<AbortController | null>(null);

  const ask = useCallback(async () => {
    asked.current = machineNow();
    controller.current?.abort();
    const own = new AbortController();
    controller.current = own;
    try {
      const data = await get<T>(path, own.signal);
      noteServerTime(data.now);
      setState({ path, data, fault: null });
    } catch (error) {
      if (own.signal.aborted) return;
      const fault =
        error instanceof ApiFault ? error : new ApiFault({ code: 'ERR_UNEXPECTED', message: String(error) }, 0);
      setState((before) => ({ path, data: before.path === path ? before.data : null, fault }));
    }
  }, [path]);

  const renew = useCallback(() => {
    if (planned.current !== null) return;
    const wait = Math.max(0, asked.current + notSoonerThan - machineNow());
    planned.current = after(wait, () => {
      planned.current = null;
      void ask();
    });
  }, [ask]);

  useEffect(() => {
    void ask();
    const stop = everyWhileSeen(every, renew);
    return () => {
      stop();
      planned.current?.();
      planned.current = null;
      controller.current?.abort();
    };
  }, [ask, renew, every]);

  const set = useCallback((data: T) => setState({ path, data, fault: null }), [path]);
  const isCurrent = state.path === path;
  return { data: isCurrent ? state.data : null, fault: isCurrent ? state.fault : null, renew, set };
}
