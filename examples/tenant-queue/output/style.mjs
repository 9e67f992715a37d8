/**
 * Colours of a terminal, where there is one that wants them.
 *
 * @param {{ isTTY?: boolean }} stream
 * @param {NodeJS.ProcessEnv} environment
 */
export function styleFor(stream, environment) {
  const isOn = stream.isTTY === true && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  const wrap = (/** @type {number} */ code) => (/** @type {string} */ text) =>
    isOn ? `\x1b[${code}m${text}\x1b[0m` : text;
  return { bold: wrap(1), dim: wrap(2), red: wrap(31), green: wrap(32), yellow: wrap(33) };
}

/** @typedef {ReturnType<typeof styleFor>} Style */
