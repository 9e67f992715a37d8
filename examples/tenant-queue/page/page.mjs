/** @param {import('../demo.mjs').DemoResult} result */
export function renderPage({ scenario }) {
  return `<!doctype html><title>${scenario.title}</title>`;
}
