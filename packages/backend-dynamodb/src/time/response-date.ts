import { parseHttpDate } from '@circuitry/core/backend';

/** From when on DynamoDB can have said a time, and until when this is believed of one: 2012 to 2100, ms since the epoch. */
const earliest = Date.UTC(2012, 0);
const latest = Date.UTC(2100, 0);

/** The time that a response's `Date` header says, ms since the epoch; null where it says none, or none that can be true. */
export function responseDate(header: string | undefined): number | null {
  const moment = parseHttpDate(header ?? '');
  return moment !== null && moment >= earliest && moment < latest ? moment : null;
}
