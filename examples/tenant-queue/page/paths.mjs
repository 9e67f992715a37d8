/** @typedef {{ x: number, y: number }} Point */

/** @param {readonly Point[]} points */
export function linePath(points) {
  return points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
}

/**
 * The area between a line and a floor.
 *
 * @param {readonly Point[]} points
 * @param {number} floor
 */
export function areaPath(points, floor) {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return '';
  return `${linePath(points)}L${last.x} ${floor}L${first.x} ${floor}Z`;
}
