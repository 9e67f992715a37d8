import type { CircuitBreakerFactory, DefaultContext } from '@circuitry/core';
import { checkFactory } from '../given.js';
import { headerOf } from '../header.js';
import { ObservedCall } from '../observed-call.js';
import { readHttpOptions, type HttpOptions } from '../options.js';
import { asSignal } from '../signal.js';
import { breakerOf, type Request } from '../target.js';
import { ControllerHandler, type NewHandler } from './controller-handler.js';
import { DispatchWatch } from './dispatch-watch.js';
import { RawHandler, type OldHandler } from './raw-handler.js';

/** A dispatcher's `dispatch`, as undici composes it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- undici's own types differ between its majors
export type Dispatch = (options: any, handler: any) => boolean;

/** What undici's `request`, `fetch` and so on give to `dispatch`, as far as it is looked at. */
interface DispatchOptions {
  readonly origin?: string | URL;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: unknown;
  readonly signal?: unknown;
}

/**
 * An interceptor for `agent.compose(…)` of undici 6, 7 and 8: requests of the agent run behind circuits.
 *
 * Compose it last, so that it is outermost: then a request counts once, with all its retries and redirects, by its last
 * answer. Composed before `retry` or `redirect` it meets each try and each hop by itself: they count one by one, and an open
 * circuit ends the retries as well.
 *
 * @throws InvalidSettingsError with every faulty option, or for what is no factory
 */
export function circuitInterceptor<Context = DefaultContext>(
  factory: CircuitBreakerFactory<Context>,
  options: HttpOptions<Context> = {},
): (dispatch: Dispatch) => Dispatch {
  checkFactory(factory);
  const rules = readHttpOptions(options);
  return (dispatch) => (given: DispatchOptions, handler: OldHandler | NewHandler) => {
    const breaker = breakerOf(factory, rules, askedOf(given));
    if (breaker === null) return dispatch(given, handler);
    // Undici takes an EventEmitter as well, which nobody else understands.
    const signal = asSignal(given.signal);
    breaker.start(signal === undefined ? {} : { signal }).then(
      (permit) => {
        const watch = new DispatchWatch(new ObservedCall(permit, rules, signal));
        const watched = isNew(handler) ? new ControllerHandler(handler, watch) : new RawHandler(handler, watch);
        try {
          dispatch(given, watched);
        } catch (error) {
          void watch.left().then(() => fail(handler, error));
        }
      },
      (error: unknown) => fail(handler, error),
    );
    // The request waits for its circuit, not for a connection: nothing has to be held back.
    return true;
  };
}

function askedOf(options: DispatchOptions): Request {
  const { origin, path, method, headers } = options;
  return {
    url: `${String(origin)}${path ?? ''}`,
    method,
    options,
    header: (name) => headerOf(headers, name),
  };
}

function isNew(handler: OldHandler | NewHandler): handler is NewHandler {
  return typeof (handler as NewHandler).onRequestStart === 'function';
}

/** The request never began: so undici's own interceptors tell it as well. */
function fail(handler: OldHandler | NewHandler, error: unknown): void {
  if (isNew(handler)) handler.onResponseError?.(null, error);
  else handler.onError?.(error);
}
