import type { CallRequest } from '../call/call-request.js';
import type { Circuit } from '../circuit/circuit.js';
import type { Subject } from '../events/events.js';
import type { StoredRecord } from '../store/stored-record.js';
import type { LiveCircuit } from './live-circuit.js';

/** One call of a breaker that wants to be admitted. */
export class Request implements CallRequest {
  readonly subject: Subject<unknown>;
  readonly live: LiveCircuit;
  readonly signal: AbortSignal | undefined;

  constructor(subject: Subject<unknown>, live: LiveCircuit, signal: AbortSignal | undefined) {
    this.subject = subject;
    this.live = live;
    this.signal = signal;
  }

  get circuit(): Circuit {
    return this.live.circuit;
  }

  get records(): StoredRecord {
    return this.live.records;
  }

  get traffic(): LiveCircuit {
    return this.live;
  }

  get hasTimeout(): boolean {
    return this.live.kind.settings.workTimeout !== null;
  }
}
