import { isCircuitryError, type CircuitBreakerFactory, type DefaultContext, type Permit } from '@circuitry/core';
import { BodyWatch } from '../body-watch.js';
import { observeBody } from '../fetch/observe-body.js';
import { headerOf } from '../header.js';
import { ObservedCall } from '../observed-call.js';
import { readHttpOptions, type HttpOptions, type HttpOutcome, type HttpResponse } from '../options.js';
import { kindOf } from '../outcome.js';
import { checkAxios } from '../given.js';
import { breakerOf, type Request } from '../target.js';
import { cancellingOf, type Cancellable } from './cancelling.js';
import { watchStream } from './watch-stream.js';

/** An axios instance, or axios itself, as far as it is looked at. */
export interface AxiosLike {
  /** The defaults of its requests. `adapter`, which sends them, is replaced by one that asks the circuit first. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- axios' own types, which this package must not need
  readonly defaults: { adapter?: any };
  /** The whole URL of a request, with base URL and parameters: its circuit is chosen by it. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  getUri(config?: any): string;
}

interface Config extends Cancellable {
  readonly method?: string;
  readonly headers?: unknown;
  readonly validateStatus?: ((status: number) => boolean) | null;
}

interface Answer {
  readonly status: number;
  readonly headers: unknown;
  data: unknown;
}

type Adapter = (config: Config) => Promise<Answer>;

/**
 * Puts the instance's requests behind circuits, and answers the same instance: its types, interceptors, transforms and cancel
 * tokens stay as they are. It wraps `defaults.adapter`, so a request that brings an adapter of its own runs unprotected.
 *
 * What axios makes an error of (`validateStatus`) and what counts as a failure are two things: a 404 rejects and is a
 * success. The context of one request: `axios.get(url, { circuitContext: { tenantId } })`.
 *
 * @throws InvalidSettingsError with every faulty option, or for what is no axios and no factory
 */
export function protectAxios<Instance extends AxiosLike, Context = DefaultContext>(
  instance: Instance,
  factory: CircuitBreakerFactory<Context>,
  options: HttpOptions<Context> = {},
): Instance {
  checkAxios(instance, factory);
  const rules = readHttpOptions(options);
  const given: unknown = instance.defaults.adapter;
  instance.defaults.adapter = async (config: Config): Promise<Answer> => {
    const adapter = await adapterOf(instance, given, config);
    const breaker = breakerOf(factory, rules, askedOf(instance, config));
    if (breaker === null) return adapter(config);
    const { signal, leave } = cancellingOf(config);
    let permit: Permit;
    try {
      permit = await breaker.start(signal === undefined ? {} : { signal });
    } catch (error) {
      leave();
      // Cancelled while its circuit was asked: axios says so in its own words, and sends nothing.
      if (signal?.aborted === true && !isCircuitryError(error)) return adapter(config);
      throw error;
    }
    const accepts = (status: number): boolean => config.validateStatus?.(status) ?? true;
    return observed(new ObservedCall(permit, rules, signal, leave), () => adapter(config), accepts);
  };
  return instance;
}

async function observed(
  call: ObservedCall,
  ask: () => Promise<Answer>,
  accepts: (status: number) => boolean,
): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await ask();
  } catch (error) {
    const response = responseOf((error as { response?: unknown } | null | undefined)?.response);
    // An answer whose status axios had accepted: its body broke off.
    if (response === null || accepts(response.status)) await call.reportError(error);
    else await call.report(call.outcomeOf(response), error);
    throw error;
  }
  const response = responseOf(answer);
  const outcome: HttpOutcome = response === null ? 'success' : call.outcomeOf(response);
  if (kindOf(outcome) !== 'failure' && watchBody(answer, () => new BodyWatch(call, outcome))) return answer;
  await call.report(outcome);
  return answer;
}

/** Whether the body is still to come: with `responseType: 'stream'`. */
function watchBody(answer: Answer, start: () => BodyWatch): boolean {
  const { data } = answer;
  if (typeof data !== 'object' || data === null) return false;
  if ('getReader' in data) {
    const copy = observeBody(new Response(data as ReadableStream), start);
    if (copy === null) return false;
    answer.data = copy.body;
    return true;
  }
  return watchStream(data, start);
}

/** axios' own choice among the adapters' names, or the function that stands there. */
async function adapterOf(instance: AxiosLike, given: unknown, config: Config): Promise<Adapter> {
  if (typeof given === 'function') return given as Adapter;
  const { getAdapter } = 'getAdapter' in instance ? instance : await import('axios');
  return (getAdapter as (names: unknown, config: Config) => Adapter)(given, config);
}

function askedOf(instance: AxiosLike, config: Config): Request {
  return {
    url: instance.getUri(config),
    method: config.method,
    options: config,
    header: (name) => headerOf(config.headers, name),
  };
}

function responseOf(answer: unknown): HttpResponse | null {
  const { status, headers } = (answer ?? {}) as Partial<Answer>;
  return typeof status === 'number' ? { status, header: (name) => headerOf(headers, name) } : null;
}
