import { ConnectionFault, type FaultKind } from '../connection/redis-connection.js';
import { faultOf } from '../connection/without-secrets.js';

/**
 * What a valkey-glide client threw, as a fault.
 *
 * It writes a server's error in words of its own: `NOSCRIPT No matching script` becomes `An error was signalled by the
 * server: - NoScriptError: No matching script`, and `OOM command not allowed` becomes `OOM: command not allowed`. Here it
 * gets the server's words back, which all who read a fault look for.
 */
export function glideFault(error: unknown): ConnectionFault {
  const fault = faultOf(error, 'lost');
  const { name, message } = fault;
  if (name === 'RequestError') {
    const reply = replyIn(message);
    if (reply !== null) return new ConnectionFault('answered', 'ReplyError', reply);
  }
  return new ConnectionFault(kindOf(name, message), name, message);
}

/** The same of a client that could not be made: whatever the server said to it, nothing of ours was sent. */
export function glideConnectFault(error: unknown): ConnectionFault {
  const { name, message } = faultOf(error, 'unsent');
  const said =
    /^Connection error: \w+\((?:Received error for address `[^`]*`: )?([^]*?)\)?$/.exec(message)?.[1] ?? message;
  const text = said.trim();
  return new ConnectionFault('unsent', name, replyIn(text) ?? text);
}

/** What the server answered, in its own words; null for what it didn't say. */
function replyIn(message: string): string | null {
  const [, kind = '', detail = ''] =
    /^An error was signalled by the server(?: -|-|: -) (\w+)(?:: ([^]*))?$/.exec(message) ?? [];
  if (kind !== '') return `${codes[kind] ?? 'ERR'} ${detail}`.trim();
  const [, code, rest] = /^([A-Z][A-Z0-9]+): ([^]*)$/.exec(message) ?? [];
  return code === undefined ? null : `${code} ${rest}`;
}

/** What a server's first word became. */
const codes: Readonly<Record<string, string>> = {
  ResponseError: 'ERR',
  NoScriptError: 'NOSCRIPT',
  BusyLoadingError: 'LOADING',
  ReadOnly: 'READONLY',
  MasterDown: 'MASTERDOWN',
  ClusterDown: 'CLUSTERDOWN',
  TryAgain: 'TRYAGAIN',
  CrossSlot: 'CROSSSLOT',
  PermissionDenied: 'NOPERM',
  NotBusy: 'NOTBUSY',
  ExecAbortError: 'EXECABORT',
  Moved: 'MOVED',
  Ask: 'ASK',
};

/** What it surely never wrote to a socket. */
const unsent =
  /^Unable to execute requests|maximum inflight requests|FatalSendError|ConnectionNotFoundForRoute|AllConnectionsUnavailable/;

function kindOf(name: string, message: string): FaultKind {
  return name !== 'TimeoutError' && unsent.test(message) ? 'unsent' : 'lost';
}
