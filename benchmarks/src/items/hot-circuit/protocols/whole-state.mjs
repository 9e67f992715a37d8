/** A circuit as the original (Go) writes it: one JSON object with everything in it. */
export const emptyRecord = {
  state: 0,
  generation: 0,
  consecutive_failures: 0,
  consecutive_successes: 0,
  total: 0,
  total_failures: 0,
  total_successes: 0,
  expires_after: '0001-01-01T00:00:00Z',
};

/** @param {string} json '' where there is no record yet */
export function admits(json) {
  return json === '' || JSON.parse(json).state === 0;
}

/** The record after one more success. */
export function withSuccess(json) {
  const record = json === '' ? emptyRecord : JSON.parse(json);
  return JSON.stringify({
    ...record,
    total: record.total + 1,
    total_successes: record.total_successes + 1,
    consecutive_successes: record.consecutive_successes + 1,
    consecutive_failures: 0,
  });
}
