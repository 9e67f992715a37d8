/** @param {number} count */
export function number(count) {
  return count.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/**
 * A span of the story: "0.4 s", "48 s", "2 min 05 s".
 *
 * @param {number} ms
 */
export function span(ms) {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/**
 * A moment of the story: "2:05".
 *
 * @param {number} ms
 */
export function moment(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** @param {number} count @param {string} one @param {string} [many] */
export function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}
