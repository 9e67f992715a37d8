import { parseHttpDate } from '@circuitry/core/backend';

/** From when on DynamoDB can have said a time, and until when this is believed of one: 2012 to 2100, ms since the epoch. */
const earliest = Date.UTC(2012, 0);
const latest = Date.UTC(2100, 0);

/**
 * How far from AWS's time a request may be signed that AWS grants, ms: five minutes, less what is lost by giving both
 * times in whole seconds, and a `Date` for up to another one.
 */
const longestSignature = 300_000 - 2_000;

/** An answer as it came over HTTP. */
export interface Answer {
  readonly statusCode?: number;
  readonly headers?: Record<string, string>;
}

/** A request as it went over HTTP. */
export interface SignedRequest {
  readonly headers?: Readonly<Record<string, string>>;
}

/** The time that a response's `Date` header says, ms since the epoch; null where it says none, or none that can be true. */
export function responseDate(header: string | undefined): number | null {
  const moment = parseHttpDate(header ?? '');
  return moment !== null && moment >= earliest && moment < latest ? moment : null;
}

/**
 * What the `Date` of an answer says, ms since the epoch; null where the answer is not DynamoDB's own, for what stands
 * between may answer for it with a clock of its own, or with none.
 */
export function dateOf({ statusCode, headers = {} }: Answer): number | null {
  const isOurs = (statusCode === 200 || statusCode === 400) && headers['x-amzn-requestid'] !== undefined;
  return isOurs ? responseDate(headers['date']) : null;
}

/**
 * Whether AWS can have said such a time when it granted this request. It grants none that was signed five minutes from its
 * own time: then the `Date` was put there by another.
 */
export function isPossible(stamped: number | null, request: SignedRequest): stamped is number {
  if (stamped === null) return false;
  const signed = signedAt(request);
  return signed === null || Math.abs(stamped - signed) < longestSignature;
}

/** When a request was signed, ms since the epoch, of `20261127T030517Z`; null where it was not. */
function signedAt({ headers = {} }: SignedRequest): number | null {
  const [, year, month, day, hours, minutes, seconds] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '')?.map(Number) ?? [];
  if (year === undefined || month === undefined) return null;
  return Date.UTC(year, month - 1, day, hours, minutes, seconds);
}
