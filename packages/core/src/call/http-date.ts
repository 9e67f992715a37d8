const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const month = `(?<month>${months.join('|')})`;
const time = String.raw`(?<hour>\d{2}):(?<minute>\d{2}):(?<second>\d{2})`;
const imfFixdate = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d{2}) ${month} (?<year>\\d{4}) ${time} GMT$`);
/** Those of RFC 850 and of asctime: nobody may send them any more, and everybody has to take them. */
const obsolete = [
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d{2})-${month}-(?<year>\\d{2}) ${time} GMT$`,
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${month} (?<day>[ \\d]\\d) ${time} (?<year>\\d{4})$`,
].map((format) => new RegExp(format));

/**
 * A date of HTTP as it has to be sent (RFC 9110 section 5.6.7, IMF-fixdate), ms since the epoch; null for anything else.
 * `Date.parse` would take nearly any text for some date.
 */
export function parseHttpDate(text: string): number | null {
  return momentOf(imfFixdate.exec(text));
}

/** As {@link parseHttpDate}, in the obsolete forms as well. */
export function parseAnyHttpDate(text: string): number | null {
  for (const format of [imfFixdate, ...obsolete]) {
    const moment = momentOf(format.exec(text));
    if (moment !== null) return moment;
  }
  return null;
}

function momentOf(match: RegExpExecArray | null): number | null {
  if (match?.groups === undefined) return null;
  const { year = '', month: name = '', ...numbers } = match.groups;
  const [day, hour, minute, second] = [numbers.day, numbers.hour, numbers.minute, numbers.second].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  // Two digits are a year of this century: what anybody waits for is not over since the last.
  const midnight = Date.UTC(Number(year.length === 2 ? `20${year}` : year), months.indexOf(name), day);
  // The 31st of February, or 25 o'clock. A leap second is the next minute's first.
  if (new Date(midnight).getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) return null;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1_000;
}
