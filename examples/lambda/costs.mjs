// What calls cost, derived from the units that were counted.

/** AWS's list prices in us-east-1, US dollars, as of November 2025: https://aws.amazon.com/dynamodb/pricing/ */
export const prices = {
  /** On demand, for a million request units. */
  readUnits: 0.125,
  writeUnits: 0.625,
  /** Provisioned, for a capacity unit and an hour. */
  readCapacityHour: 0.00013,
  writeCapacityHour: 0.00065,
};

/** Average use that autoscaling aims at. */
const utilization = 0.6;

/**
 * @typedef {object} Counted
 * @property {string} title
 * @property {number} calls
 * @property {number} requests
 * @property {number} readUnits
 * @property {number} writeUnits
 */

/**
 * The README's table: for a million calls, on demand, and provisioned for calls that come evenly.
 *
 * @param {readonly Counted[]} counted
 */
export function costTable(counted) {
  const rows = counted.map(({ title, calls, requests, readUnits, writeUnits }) => {
    const reads = readUnits / calls;
    const writes = writeUnits / calls;
    const onDemand = reads * prices.readUnits + writes * prices.writeUnits;
    const unitHours = 1_000_000 / 3_600 / utilization;
    const provisioned = unitHours * (reads * prices.readCapacityHour + writes * prices.writeCapacityHour);
    return `| ${title} | ${requests / calls} | ${reads} | ${writes} | $${onDemand.toFixed(3)} | $${provisioned.toFixed(3)} |`;
  });
  return [
    '| call | requests | read units | write units | a million, on demand | a million, provisioned |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
