import { moment } from '../output/words.mjs';

/** The width of every chart's drawing area, in SVG units; and of the margins beside it. */
export const plot = { width: 460, left: 34, right: 10 };
export const chartWidth = plot.left + plot.width + plot.right;

const niceSteps = [10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map((seconds) => seconds * 1_000);

/**
 * One time for all charts.
 *
 * @typedef {object} TimeScale
 * @property {(ms: number) => number} x
 * @property {number[]} ticks ms of the story
 * @property {number} end ms of the story
 */

/**
 * @param {number} duration ms of the story
 * @returns {TimeScale}
 */
export function makeScale(duration) {
  const step = niceSteps.find((ms) => duration / ms <= 7) ?? Math.ceil(duration / 7);
  const ticks = Array.from({ length: Math.floor(duration / step) + 1 }, (_, index) => index * step);
  return { x: (ms) => round(plot.left + (Math.min(ms, duration) / duration) * plot.width), ticks, end: duration };
}

/**
 * Lines across a chart at each tick, and the times below it.
 *
 * @param {TimeScale} scale
 * @param {number} top
 * @param {number} bottom
 * @param {number} labels where their baseline is
 */
export function timeAxis({ x, ticks }, top, bottom, labels) {
  return ticks
    .map(
      (tick) =>
        `<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}" />` +
        `<text class="tick" text-anchor="middle" x="${x(tick)}" y="${labels}">${moment(tick)}</text>`,
    )
    .join('');
}

/**
 * A whole number above `most` that halves well.
 *
 * @param {number} most
 */
export function niceTop(most) {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const factor = [1, 2, 4, 6, 8, 10].find((each) => each * magnitude >= most) ?? 10;
  return Math.max(4, factor * magnitude);
}

/** @param {number} value to a tenth: more can't be seen */
export function round(value) {
  return Math.round(value * 10) / 10;
}
