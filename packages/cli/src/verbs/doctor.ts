import { examineContract } from '../doctor/contract.js';
import type { Finding } from '../doctor/finding.js';
import { failed } from '../faults.js';
import { escapeMessage, jsonLine } from '../output/escape.js';
import { colorsFor } from '../output/table.js';
import { openStore } from '../store/open-store.js';
import type { Terminal } from '../terminal/terminal.js';
import type { CommonOptions } from './session.js';

/** What `doctor` takes. */
export interface DoctorOptions extends CommonOptions {
  /** Writes nothing. */
  readonly readOnly?: boolean;
}

/** Looks at the store, and says of each thing what was found and what to do. */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<void> {
  const store = await openStore(options, terminal);
  const found = { ok: 0, warning: 0, fault: 0, skipped: 0 };
  const report = async (finding: Finding): Promise<void> => {
    found[finding.outcome] += 1;
    await terminal.out(options.json === true ? jsonLine(finding) : lineOf(finding, terminal));
  };
  try {
    if (options.json !== true) terminal.note(`${escapeMessage(store.where)}\n`);
    const mayWrite = options.readOnly !== true;
    const examination = { backend: store.backend, timeout: options.timeout, signal: terminal.signal, mayWrite };
    let isReachable = true;
    for await (const finding of examineContract(examination)) {
      await report(finding);
      if (finding.check === 'reachable' && finding.outcome === 'fault') isReachable = false;
    }
    if (isReachable)
      for await (const finding of store.examine({ mayWrite, signal: terminal.signal })) await report(finding);
  } finally {
    await store.close();
  }
  if (options.json !== true)
    terminal.note(
      `${found.ok} in order, ${found.warning} to think about, ${found.fault} at fault, ${found.skipped} not looked at\n`,
    );
  if (found.fault > 0) throw failed(`The store is not as circuits need it: ${found.fault} at fault.`);
}

function lineOf({ check, outcome, found, advice }: Finding, terminal: Terminal): string {
  const colors = colorsFor(terminal);
  const marks = {
    ok: colors.green('ok     '),
    warning: colors.yellow('warning'),
    fault: colors.red('FAULT  '),
    skipped: colors.dim('skipped'),
  };
  const what = advice === null ? '' : `         ${escapeMessage(advice)}\n`;
  return `${marks[outcome]}  ${check}: ${escapeMessage(found)}\n${what}`;
}
