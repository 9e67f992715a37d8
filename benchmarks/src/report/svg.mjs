/** Text that may stand in an SVG. */
export function escape(text) {
  return String(text).replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]);
}

/** A whole picture, on a light ground of its own: documents are read on dark pages too. */
export function picture({ width, height, title, content }) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" rx="6" fill="#ffffff"/>`,
    `<text x="16" y="24" font-size="14" font-weight="600" fill="#1f2328">${escape(title)}</text>`,
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

export const ink = '#1f2328';
export const faint = '#d0d7de';
/** Told apart by people who don't see all colours, too; ours come first. */
export const palette = ['#0072b2', '#56b4e9', '#e69f00', '#d55e00', '#cc79a7', '#009e73', '#999999'];

/** Rounded for a drawing. */
export function at(value) {
  return Number(value.toFixed(1));
}
