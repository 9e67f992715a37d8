import { number } from './format.mjs';
import { at, escape, faint, ink, palette, picture } from './svg.mjs';

const width = 800;
const left = 370;
const right = 70;
const barHeight = 20;
const step = 28;

/**
 * Lying bars, with a line for the spread.
 *
 * @param {{ title: string, bars: { name: string, value: number, from?: number, to?: number, ours?: boolean }[] }} chart
 * @returns {string} SVG
 */
export function barChart({ title, bars }) {
  const most = Math.max(...bars.map(({ value, to = value }) => Math.max(value, to)));
  const x = (value) => left + (value / most) * (width - left - right);
  const content = bars.flatMap(({ name, value, from, to, ours }, index) => {
    const y = 44 + index * step;
    const middle = y + barHeight / 2;
    const spread =
      from === undefined || to === undefined
        ? []
        : [
            `<line x1="${at(x(from))}" x2="${at(x(to))}" y1="${middle}" y2="${middle}" stroke="${ink}" stroke-width="1.5"/>`,
          ];
    return [
      `<text x="${left - 8}" y="${middle + 4}" text-anchor="end" fill="${ink}">${escape(name)}</text>`,
      `<rect x="${left}" y="${y}" width="${at(Math.max(1, x(value) - left))}" height="${barHeight}" fill="${ours ? palette[0] : palette[6]}"/>`,
      ...spread,
      `<text x="${at(Math.max(x(value), x(to ?? value)) + 6)}" y="${middle + 4}" fill="${ink}">${number(value)}</text>`,
    ];
  });
  const height = 44 + bars.length * step + 12;
  const axis = `<line x1="${left}" x2="${left}" y1="38" y2="${height - 12}" stroke="${faint}"/>`;
  return picture({ width, height, title, content: [axis, ...content] });
}
