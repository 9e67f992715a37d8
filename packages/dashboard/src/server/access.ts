import { flag, isObject, optional, readOptions, text, type Reader } from '@circuitry/core/backend';
import { isLoopback, type ConnectionInfo } from './connection.js';

/** Who asks, and what they may. */
export interface Access {
  /** Whether they may see circuits at all. */
  readonly read: boolean;
  /** Whether they may act. Default false. */
  readonly write?: boolean | undefined;
  /** Who they are: stored with each act. Default: nobody says. */
  readonly by?: string | null | undefined;
  /** They see, and act on, circuits whose names begin with this, and no others. Default '': all. */
  readonly prefix?: string | undefined;
}

/**
 * The host's say: who asks, and what they may. Null or `read: false`: nothing. One that throws lets nobody in.
 *
 * It is asked at each request, so it must be quick; a live page's stream is asked again every few minutes.
 */
export type Authorize = (
  request: Request,
  connection: ConnectionInfo,
) => Access | null | undefined | Promise<Access | null | undefined>;

const loopbackReaders = {
  write: optional(flag(), false),
  by: ((name, value, problems) => (value === null ? null : optional(text(), null)(name, value, problems))) as Reader<
    string | null
  >,
  prefix: optional(text(), ''),
};

/** Access as the panel uses it. */
export interface Granted {
  readonly write: boolean;
  readonly by: string | null;
  readonly prefix: string;
}

/** Why somebody is not let in. */
export interface Denied {
  readonly status: 403 | 500;
  readonly code: 'ERR_DENIED' | 'ERR_NOT_LOOPBACK' | 'ERR_AUTHORIZE';
  readonly message: string;
}

/**
 * An `authorize` that lets in whoever sits at this machine, and nobody else: a request over loopback, without a proxy,
 * to a loopback address. What `dashboard` does without an `authorize` is this with `write: false`.
 *
 * @throws InvalidSettingsError with every fault of `access`
 */
export function onlyLoopback(access: Omit<Access, 'read'> = {}): Authorize {
  readOptions(loopbackReaders, access);
  return (request, connection) => (isLoopback(request, connection) ? { ...access, read: true } : null);
}

/** Asks `authorize`; every doubt is a no. @param onFault hears why, where `authorize` itself is at fault */
export async function accessOf(
  authorize: Authorize | null,
  request: Request,
  connection: ConnectionInfo,
  onFault: (error: unknown) => void,
): Promise<Granted | Denied> {
  if (authorize === null) return isLoopback(request, connection) ? loopbackReader : notLoopback;
  try {
    const answer: unknown = await authorize(request, connection);
    if (answer === null || answer === undefined) return denied;
    return readAccess(answer);
  } catch (error) {
    onFault(error);
    return {
      status: 500,
      code: 'ERR_AUTHORIZE',
      message: 'Nobody is let in: the host’s authorize failed. The process’s log says how.',
    };
  }
}

export function isDenied(access: Granted | Denied): access is Denied {
  return 'status' in access;
}

/** @throws TypeError for what is no Access: a typing error must not become a yes */
function readAccess(answer: unknown): Granted | Denied {
  if (!isObject(answer)) throw wrong('an object or null', answer);
  const { read, write = false, by = null, prefix = '' } = answer;
  if (typeof read !== 'boolean') throw wrong('read: a boolean', read);
  if (typeof write !== 'boolean') throw wrong('write: a boolean', write);
  if (by !== null && typeof by !== 'string') throw wrong('by: a string or null', by);
  if (typeof prefix !== 'string') throw wrong('prefix: a string', prefix);
  return read ? { write, by, prefix } : denied;
}

function wrong(expected: string, found: unknown): TypeError {
  return new TypeError(`The panel's authorize must answer ${expected}, not ${typeof found}: nobody was let in.`);
}

const loopbackReader: Granted = { write: false, by: null, prefix: '' };

const denied: Denied = {
  status: 403,
  code: 'ERR_DENIED',
  message: 'You may not see circuits here. Ask those who run this service.',
};

const notLoopback: Denied = {
  status: 403,
  code: 'ERR_NOT_LOOPBACK',
  message:
    'Without an authorize option the panel answers only on this machine: over loopback, by the address localhost or 127.0.0.1, without a proxy.',
};
