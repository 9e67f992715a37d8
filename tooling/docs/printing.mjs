import ts from 'typescript';

/** What begins, divides and ends one printed text in a program's output: no text has these characters. */
const [begin, middle, end] = ['\u001e', '\u001f', '\u001d'];

/** Runs before a program: what its marked calls of console print tells which call it was, all in one stream. */
export const prelude = `
  import { Console } from 'node:console';
  import { format } from 'node:util';
  globalThis.console = new Console({ stdout: process.stdout, stderr: process.stdout });
  globalThis.printedBy = (call) => (...values) =>
    process.stdout.write('${begin}' + call + '${middle}' + format(...values) + '${end}\\n');
`;

/**
 * A program whose calls of console.log, info, warn and error are marked by number, and what the comments behind them,
 * `// → text`, say that each prints. A comment line below a call, or a further one, tells its next line of output.
 */
export function markPrinting(code) {
  const source = ts.createSourceFile('fence.ts', code, ts.ScriptTarget.Latest, true);
  const lineOf = (position) => source.getLineAndCharacterOfPosition(position).line;
  const calls = [];
  const visit = (node) => {
    if (ts.isCallExpression(node) && /^console\.(log|info|warn|error)$/.test(node.expression.getText(source))) {
      const { expression } = node;
      calls.push({ from: expression.getStart(source), to: expression.end, lastLine: lineOf(node.end), expected: null });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const orphans = expectations(code, calls);
  let marked = code;
  for (const [index, { from, to }] of [...calls.entries()].sort(([, a], [, b]) => b.from - a.from)) {
    marked = `${marked.slice(0, from)}printedBy(${index})${marked.slice(to)}`;
  }
  return { marked, calls, orphans };
}

/** Gives each call what the comments behind it say. Answers the lines whose comment stands behind no call. */
function expectations(code, calls) {
  const orphans = [];
  let previous = null;
  code.split('\n').forEach((line, index) => {
    const [, before = line, text] = /^(.*?)\/\/ → ?(.*)$/.exec(line) ?? [];
    const ending = calls.filter(({ lastLine }) => lastLine === index).at(-1);
    // A comment may also stand behind the end of the block or loop that the call is in.
    const call = ending ?? (/^[\s})\];]*$/.test(before) ? previous : null);
    if (text !== undefined && call === null) orphans.push(index);
    if (text !== undefined && call !== null) call.expected = [...(call.expected ?? []), text.trimEnd()];
    previous = call;
  });
  return orphans;
}

/** A program's whole output, and apart from that what each of its marked calls printed, line by line. */
export function readPrinted(output) {
  const byCall = new Map();
  const whole = output.replaceAll(new RegExp(`${begin}(\\d+)${middle}([^${end}]*)${end}`, 'g'), (_, call, text) => {
    byCall.set(Number(call), [...(byCall.get(Number(call)) ?? []), ...text.split('\n')]);
    return text;
  });
  return { whole, byCall };
}

/** Whether a line is as the document says; `…` there stands for anything. */
export function isAsSaid(said, line) {
  const parts = said.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line.trimEnd());
}
