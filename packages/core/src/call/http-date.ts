const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const imfFixdate = new RegExp(
  `^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d{2}) (${months.join('|')}) (\\d{4}) (\\d{2}):(\\d{2}):(\\d{2}) GMT$`,
);

/**
 * A date as HTTP asks for it (IMF-fixdate, RFC 9110 section 5.6.7), ms since the epoch; null for anything else. `Date.parse`
 * would take nearly any text for some date.
 */
export function parseHttpDate(text: string): number | null {
  const match = imfFixdate.exec(text);
  if (match === null) return null;
  const [, dayText, month, ...numbers] = match;
  const [day, year, hour, minute, second] = [dayText, ...numbers].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = Date.UTC(year, months.indexOf(month as string), day);
  // The 31st of February, or 25 o'clock. A leap second is the next minute's first.
  if (new Date(midnight).getUTCDate() !== day || hour > 23 || minute > 59 || second > 60) return null;
  return midnight + ((hour * 60 + minute) * 60 + second) * 1_000;
}
