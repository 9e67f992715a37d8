/**
 * What is wrong with a mermaid diagram, by a grammar of the little that our documents use of it. Mermaid's own parser
 * needs a browser's document; this one knows fewer things, and refuses the rest.
 */
export function wrongDiagram({ file, line, code }) {
  const lines = code.split('\n').map((text, index) => ({ text: text.trim(), line: line + 1 + index }));
  const [head, ...rest] = lines.filter(({ text }) => text !== '' && !text.startsWith('%%'));
  const statements = head === undefined ? undefined : grammars[head.text];
  if (statements === undefined) return [`${file}:${line}: is none of ${Object.keys(grammars).join(', ')}`];
  const faults = [];
  const open = [];
  for (const each of rest) {
    if (statements.opens.test(each.text)) open.push(each);
    else if (statements.closes.test(each.text)) {
      if (open.pop() === undefined) faults.push(`${file}:${each.line}: ends nothing`);
    } else if (!statements.lines.some((pattern) => pattern.test(each.text))) {
      faults.push(`${file}:${each.line}: no statement of a ${head.text}: ${each.text}`);
    }
  }
  return [...faults, ...open.map((each) => `${file}:${each.line}: is never ended`)];
}

const name = '[A-Za-z][A-Za-z0-9_]*';
// A semicolon ends a statement, a # begins a character's code: neither may stand in a text.
const text = '[^;#]+';
const end = `(?:${name}|\\[\\*\\])`;

const flowchart = {
  opens: new RegExp(`^subgraph ${name}(?:\\[${text}\\])?$`),
  closes: /^end$/,
  lines: [node(), new RegExp(`^direction (?:LR|RL|TB|BT)$`)],
};

const grammars = {
  'stateDiagram-v2': {
    opens: new RegExp(`^state ${name} \\{$`),
    closes: /^\}$/,
    lines: [
      /^direction (?:LR|RL|TB|BT)$/,
      new RegExp(`^${end} --> ${end}(?: ?: ${text})?$`),
      new RegExp(`^${name} ?: ${text}$`),
      new RegExp(`^state "[^";#]+" as ${name}$`),
      new RegExp(`^note (?:right|left) of ${name} ?: ${text}$`),
    ],
  },
  sequenceDiagram: {
    opens: new RegExp(`^(?:loop|alt|opt|par) ${text}$`),
    closes: /^end$/,
    lines: [
      /^autonumber$/,
      new RegExp(`^(?:participant|actor) ${name}(?: as ${text})?$`),
      new RegExp(`^${name}(?:->>|-->>|-x|--x|-\\)|->|-->)[+-]?${name} ?: ${text}$`),
      new RegExp(`^[Nn]ote (?:over|right of|left of) ${name}(?:, ?${name})? ?: ${text}$`),
      new RegExp(`^(?:else|and)(?: ${text})?$`),
      new RegExp(`^(?:de)?activate ${name}$`),
    ],
  },
  'flowchart LR': flowchart,
  'flowchart TD': flowchart,
  'flowchart TB': flowchart,
};

/** One node or a chain of arrows between nodes: `a["text"] -->|yes| b{"text"}`. */
function node() {
  const label =
    '(?:\\["[^"]+"\\]|\\[[^\\]"()]+\\]|\\{"[^"]+"\\}|\\{[^}"()]+\\}|\\("[^"]+"\\)|\\(\\[[^\\]"]+\\]\\)|\\[\\("[^"]+"\\)\\]|\\[\\([^)"]+\\)\\])?';
  const one = `${name}${label}`;
  const several = `${one}(?: & ${one})*`;
  return new RegExp(`^${several}(?: (?:-->|---|-\\.->|==>)(?:\\|"?[^|"]+"?\\|)? ${several})*$`);
}
