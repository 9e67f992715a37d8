import type { Call } from '../call/call.js';
import type { CallRequest } from '../call/call-request.js';
import type { Refused } from './refusal.js';

/** What a request comes to: it may run, or why not. */
export type Admission = Call | Refused;

/** Where calls are admitted or refused. Neither method throws or rejects: whatever goes wrong is a refusal. */
export interface Gate {
  /** Decides at once, without the store; it answers null where the store has to be asked. Null: it always has to be. */
  readonly admitNow: ((request: CallRequest) => Admission | null) | null;
  /** Decides by what the store says. Called by the caller itself, so that user code stays in its async context. */
  admit(request: CallRequest): Promise<Admission>;
}
