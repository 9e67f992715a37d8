/** @typedef {keyof typeof entries} LegendKey */

const entries = {
  healthy: ['swatch area-healthy', 'jobs of healthy tenants'],
  broken: ['swatch area-broken', 'jobs of tenants whose provider breaks'],
  without: ['swatch line-without', 'waiting, without circuits'],
  with: ['swatch line-with', 'waiting, with circuits'],
  fault: ['swatch hatch', 'provider hangs, fails or is slow'],
  closed: ['swatch state-closed', 'circuit closed'],
  open: ['swatch state-open', 'open'],
  'half-open': ['swatch state-half-open', 'half-open'],
  killed: ['swatch mark-killed', 'a worker was killed'],
};

/** @param {readonly LegendKey[]} keys */
export function legend(keys) {
  const items = keys.map((key) => `<li><i class="${entries[key][0]}"></i>${entries[key][1]}</li>`);
  return `<ul class="legend">${items.join('')}</ul>`;
}
