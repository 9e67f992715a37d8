/** From when on DynamoDB can have said a time, and until when this is believed of one: 2012 to 2100, ms since the epoch. */
const earliest = Date.UTC(2012, 0);
const latest = Date.UTC(2100, 0);

/** The one form that HTTP lets a server send: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7). */
const form =
  /^(Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d\d) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The time that a `Date` header says, ms since the epoch; null where it says none, or none that can be true.
 *
 * `Date.parse` would not do: it makes a time of almost any text, `worker 5` included.
 */
export function parseHttpDate(text: string | undefined): number | null {
  const [, , day, month, year, hours, minutes, seconds] = form.exec(text ?? '') ?? [];
  if (month === undefined) return null;
  // A leap second is the next minute's first.
  const fields = [day, hours, minutes, seconds].map(Number) as [number, number, number, number];
  const [dayOfMonth, hour, minute, second] = fields;
  if (dayOfMonth < 1 || dayOfMonth > 31 || hour > 23 || minute > 59 || second > 60) return null;
  const moment = Date.UTC(Number(year), months.indexOf(month), dayOfMonth, hour, minute, second);
  return moment >= earliest && moment < latest ? moment : null;
}
