import { moment, number } from './words.mjs';

/** How often a line is written where none can be refreshed, ms of the story's clock at hand. */
const width = 20;

/**
 * Shows how a pass goes on: one refreshed line on a terminal, else a line every second or so.
 *
 * @param {NodeJS.WriteStream} stream
 * @param {import('./style.mjs').Style} style
 * @param {number} timeScale
 */
export function createProgress(stream, style, timeScale) {
  let shown = { circuits: false, second: -1 };
  return {
    /** @param {import('../pass.mjs').Glance} glance */
    show(glance) {
      const line = describe(glance, style);
      if (stream.isTTY) return void stream.write(`\r${fit(line, stream.columns ?? 80)}\x1b[K`);
      const second = Math.floor(glance.now / timeScale / 1_000);
      if (shown.circuits === glance.circuits && shown.second === second && glance.done < glance.jobs) return;
      shown = { circuits: glance.circuits, second };
      stream.write(`${line}\n`);
    },
    /** The line is over: what is written next begins a new one. */
    end() {
      if (stream.isTTY) stream.write('\n');
    },
    /** Takes the line away. */
    clear() {
      if (stream.isTTY) stream.write('\r\x1b[K');
    },
  };
}

/**
 * @param {import('../pass.mjs').Glance} glance
 * @param {import('./style.mjs').Style} style
 */
function describe({ circuits, jobs, done, queued, delayed, running, stuck, notClosed, now }, style) {
  const filled = Math.round((done / jobs) * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  const parts = [
    `${moment(now)}  ${bar} ${number(done).padStart(5)} of ${number(jobs)} done`,
    `${number(queued)} queued`,
    `${number(delayed)} delayed`,
    `${running} at work${stuck > 0 ? `, ${stuck} on broken tenants` : ''}`,
  ];
  if (circuits && notClosed.length > 0) parts.push(style.yellow(`open: ${notClosed.join(', ')}`));
  return parts.join(' · ');
}

/**
 * Cuts a line to a terminal's width, colours not counted.
 *
 * @param {string} line
 * @param {number} columns
 */
function fit(line, columns) {
  let room = columns - 1;
  // eslint-disable-next-line no-control-regex -- that is what begins a colour
  return line.replace(/(\x1b\[\d+m)|./gu, (character, colour) => {
    if (colour !== undefined) return character;
    room -= 1;
    return room >= 0 ? character : '';
  });
}
