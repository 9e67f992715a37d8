export interface Entry {
  /** As it is imported: `@circuitry/core/backend`. */
  name: string;
  source: string;
}

export function entriesOf(root: string): Entry[];
export function writeApiReference(options: {
  root: string;
  into: string;
  repository?: string | null;
  entries?: Entry[];
}): Promise<string[]>;
