/** @param {string} value for between tags */
export function text(value) {
  return value.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** @param {string} value for between double quotes */
export function attribute(value) {
  return text(value).replace(/"/g, '&quot;');
}
