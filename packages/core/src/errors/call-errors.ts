import { describeDuration } from '../time/duration.js';
import { CircuitryError, nameErrorClass } from './circuitry-error.js';
import { quote } from './show.js';

/** The work took longer than `workTimeout`: its signal was aborted, and what it does later is ignored. */
export class WorkTimeoutError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_WORK_TIMEOUT';
  /** The circuit's name in the store. */
  readonly circuitName: string;
  /** ms */
  readonly timeout: number;

  constructor(circuitName: string, timeout: number) {
    super(
      `The work of circuit ${quote(circuitName)} took longer than its workTimeout of ${describeDuration(timeout)}: ` +
        'its signal was aborted and it counts as a failure.',
    );
    this.circuitName = circuitName;
    this.timeout = timeout;
  }
}

/** A permit was ended twice: the second end changed nothing. */
export class PermitEndedError extends CircuitryError {
  /** What this error is told apart by. */
  readonly code = 'ERR_PERMIT_ENDED';
  /** The circuit's name in the store. */
  readonly circuitName: string;

  constructor(circuitName: string) {
    super(
      `This permit of circuit ${quote(circuitName)} has ended already, and an outcome counts once. ` +
        'End each permit one time.',
    );
    this.circuitName = circuitName;
  }
}

nameErrorClass(WorkTimeoutError, 'WorkTimeoutError');
nameErrorClass(PermitEndedError, 'PermitEndedError');
