const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const time = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})`;
/** IMF-fixdate, then the two that nobody may send any more and everybody has to take: RFC 850's, and asctime's. */
const formats = [
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) (?<month>\\w{3}) (?<year>\\d{4}) ${time} GMT$`,
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-(?<month>\\w{3})-(?<year>\\d{2}) ${time} GMT$`,
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?<month>\\w{3}) (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`,
].map((format) => new RegExp(format));

/**
 * A date of HTTP (RFC 9110 section 5.6.7), ms since the epoch; null for anything else. `Date.parse` would take nearly any
 * text for some date.
 */
export function parseHttpDate(text: string): number | null {
  for (const format of formats) {
    const parts = format.exec(text)?.groups;
    if (parts !== undefined) return momentOf(parts);
  }
  return null;
}

function momentOf({
  year = '',
  month = '',
  day,
  hour,
  minute,
  second,
}: Readonly<Record<string, string>>): number | null {
  const index = months.indexOf(month);
  if (index < 0) return null;
  // Two digits are a year of this century: what anybody waits for is not over since the last.
  const at = Date.UTC(
    Number(year.length === 2 ? `20${year}` : year),
    index,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // The 31st of February, or 25 o'clock: a date that there is not.
  return new Date(at).getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60 ? at : null;
}
