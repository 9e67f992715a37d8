import { ConnectionFault, type FaultKind } from './redis-connection.js';

/**
 * What a client library or the server said, as an error of ours.
 *
 * A client's own error holds the command with its arguments, `AUTH` and the password among them, and loggers print that to
 * any depth. So only name, message and code go on, and of a message not what the server repeats of a command.
 *
 * @param kind what became of the command, where nobody but the caller knows
 */
export function faultOf(error: unknown, kind: FaultKind): ConnectionFault {
  if (error instanceof ConnectionFault) return error;
  const { name, code } = partsOf(error);
  return new ConnectionFault(
    isServerReply(error) ? 'answered' : kind,
    typeof name === 'string' ? name : 'Error',
    withoutArguments(messageOf(error)),
    typeof code === 'string' ? code : undefined,
  );
}

/** Whether the server itself answered, with an error: both libraries have a class for these, of any copy and realm. */
function isServerReply(error: unknown): boolean {
  if (partsOf(error).name === 'ReplyError') return true;
  for (let at: unknown = error; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, 'constructor') && (at.constructor as { name?: unknown }).name === 'ErrorReply') return true;
  }
  return false;
}

interface Parts {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly lastNodeError?: unknown;
}

function partsOf(error: unknown): Parts {
  return typeof error === 'object' && error !== null ? error : { message: String(error) };
}

/** The message, and those that it stands for: of each address that was tried, of the last node that was asked. */
function messageOf(error: unknown): string {
  const { message, errors, lastNodeError } = partsOf(error);
  const text = typeof message === 'string' ? message : '';
  const tried: readonly unknown[] = Array.isArray(errors) ? errors : [];
  const others = [...tried, ...(lastNodeError ? [lastNodeError] : [])].map(messageOf);
  if (others.length === 0) return text === '' ? 'The connection failed' : text;
  const all = [...new Set(others)].join(', ');
  return text === '' ? all : `${text.replace(/\.$/, '')} (${all})`;
}

function withoutArguments(message: string): string {
  return message.replace(/,? with args beginning with:[^]*/, '').replace(/\/\/[^/@\s]*@/g, '//***@');
}
