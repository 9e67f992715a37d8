import { isCircuitryError } from '@circuitry/core';
import type { Fault } from '../protocol/answers.js';

/**
 * An error as it may be shown: this library's own say what happened and what to do. Of others nothing is told, for a
 * client's error may hold an address or a password.
 */
export function faultOf(error: unknown): Fault {
  if (isCircuitryError(error)) return { code: error.code, message: error.message };
  return {
    code: 'ERR_UNEXPECTED',
    message: 'Something went wrong in the panel or its backend. The process’s log says what.',
  };
}
