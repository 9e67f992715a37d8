/** Reads diagrams as a JSON list from stdin, and answers for each null, or what mermaid has against it. */
import { text } from 'node:stream/consumers';
import { JSDOM } from 'jsdom';

// Mermaid looks for a browser's document when it is loaded.
const { window } = new JSDOM('');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');

const faults = [];
for (const code of JSON.parse(await text(process.stdin))) {
  const fault = await mermaid.parse(code).then(
    () => null,
    (error) => String(error?.message ?? error),
  );
  faults.push(fault);
}
process.stdout.write(JSON.stringify(faults));
