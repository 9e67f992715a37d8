const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const imfFixdate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/**
 * A date as HTTP asks for it (IMF-fixdate, RFC 9110 section 5.6.7), ms since the epoch; null for anything else. `Date.parse`
 * would take nearly any text for some date.
 */
export function parseHttpDate(text: string): number | null {
  const match = imfFixdate.exec(text);
  if (match === null) return null;
  const [, day, month, year, hour, minute, second] = match;
  const index = months.indexOf(month as string);
  if (index < 0) return null;
  const at = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second));
  // The 31st of February, or 25 o'clock: a date that there is not.
  return new Date(at).getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60 ? at : null;
}
