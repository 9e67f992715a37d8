import type { Act, Fault } from '../../protocol/answers.js';
import type { CircuitDetail } from '../../protocol/circuit.js';

/** The path that the panel stands under. */
export const basePath: string = document.documentElement.dataset['base'] ?? '';

/** An answer that is none, with words for the reader. */
export class ApiFault extends Error {
  readonly code: string;
  readonly status: number;

  constructor({ code, message }: Fault, status: number) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** Asks the panel. @throws ApiFault */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await reach(path, { signal: signal ?? null, headers: { accept: 'application/json' } });
  if (!response.ok) throw await faultOf(response);
  return (await response.json()) as T;
}

/** What an act came to; `changed`: nothing was done, for the circuit is not as it was seen. */
export interface ActAnswer {
  readonly status: 'done' | 'changed';
  readonly circuit: CircuitDetail;
}

/** @throws ApiFault */
export async function post(act: Act, token: string): Promise<ActAnswer> {
  const response = await reach('/api/act', {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-circuitry-token': token },
    body: JSON.stringify(act),
  });
  if (!response.ok && response.status !== 409) throw await faultOf(response);
  return (await response.json()) as ActAnswer;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(basePath + path, init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiFault(
      {
        code: 'ERR_UNREACHABLE',
        message: 'The panel itself does not answer. It may be restarting, or your network is down.',
      },
      0,
    );
  }
}

async function faultOf(response: Response): Promise<ApiFault> {
  const fault = (await response.json().catch(() => null)) as Fault | null;
  const unknown = {
    code: 'ERR_HTTP',
    message: `Something between you and the panel answered with status ${response.status}.`,
  };
  return new ApiFault(fault?.message === undefined ? unknown : fault, response.status);
}
