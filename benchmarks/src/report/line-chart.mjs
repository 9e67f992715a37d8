import { number } from './format.mjs';
import { at, escape, faint, ink, palette, picture } from './svg.mjs';

const width = 820;
const height = 380;
const area = { left: 70, right: 540, top: 62, bottom: 330 };

/**
 * Lines over logarithmic axes.
 *
 * @param {{ title: string, xTitle: string, yTitle: string, lines: { name: string, points: [number, number][] }[] }} chart
 * @returns {string} SVG
 */
export function lineChart({ title, xTitle, yTitle, lines }) {
  // Nothing to draw at nought: a logarithm has none.
  const drawn = lines.map((line) => ({ ...line, points: line.points.filter(([x, y]) => x > 0 && y > 0) }));
  const xs = drawn.flatMap(({ points }) => points.map(([x]) => x));
  const ys = drawn.flatMap(({ points }) => points.map(([, y]) => y));
  const x = scale(Math.min(...xs), Math.max(...xs), area.left, area.right);
  const low = 10 ** Math.floor(Math.log10(Math.min(...ys)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...ys) * 1.0001));
  const y = scale(low, high, area.bottom, area.top);
  const content = [
    ...decades(low, high).flatMap((value) => [
      `<line x1="${area.left}" x2="${area.right}" y1="${at(y(value))}" y2="${at(y(value))}" stroke="${faint}"/>`,
      `<text x="${area.left - 8}" y="${at(y(value) + 4)}" text-anchor="end" fill="${ink}">${number(value)}</text>`,
    ]),
    ...[...new Set(xs)].map(
      (value) =>
        `<text x="${at(x(value))}" y="${area.bottom + 18}" text-anchor="middle" fill="${ink}">${number(value)}</text>`,
    ),
    `<text x="${(area.left + area.right) / 2}" y="${area.bottom + 38}" text-anchor="middle" fill="${ink}">${escape(xTitle)}</text>`,
    `<text x="16" y="${area.top - 16}" fill="${ink}">${escape(yTitle)}</text>`,
    ...drawn.flatMap((line, index) => drawLine(line, palette[index % palette.length], index, x, y)),
  ];
  return picture({ width, height, title, content });
}

function drawLine({ name, points }, colour, index, x, y) {
  const places = points.map(([px, py]) => `${at(x(px))},${at(y(py))}`);
  const legend = area.top + 8 + index * 20;
  return [
    `<polyline points="${places.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([px, py]) => `<circle cx="${at(x(px))}" cy="${at(y(py))}" r="3.5" fill="${colour}"/>`),
    `<rect x="${area.right + 20}" y="${legend - 9}" width="12" height="12" fill="${colour}"/>`,
    `<text x="${area.right + 38}" y="${legend + 2}" fill="${ink}">${escape(name)}</text>`,
  ];
}

function scale(low, high, from, to) {
  const span = Math.log(high) - Math.log(low) || 1;
  return (value) => from + ((Math.log(value) - Math.log(low)) / span) * (to - from);
}

function decades(low, high) {
  const values = [];
  for (let value = low; value <= high * 1.001; value *= 10) values.push(value);
  return values;
}
