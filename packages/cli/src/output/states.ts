import type { ShownState } from '../circuits/view.js';
import type { Terminal } from '../terminal/terminal.js';
import { colorsFor } from './table.js';

/** The state as a coloured word. The word alone says it: colour adds nothing that one could miss. */
export function stateWord(state: ShownState, terminal: Terminal): string {
  const colors = colorsFor(terminal);
  switch (state) {
    case 'closed':
      return colors.green(state);
    case 'open':
      return colors.red(state);
    case 'half-open':
      return colors.yellow(state);
    case 'forced-open':
    case 'forced-closed':
      return colors.magenta(state);
  }
}
