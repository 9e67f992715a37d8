import { Ledger } from './ledger.js';

/** A ledger that is looked at with each entry. */
export class WatchedLedger extends Ledger {
  readonly #onEntry: (name: string, entry: Parameters<Ledger['note']>[1]) => void;

  constructor(onEntry: (name: string, entry: Parameters<Ledger['note']>[1]) => void) {
    super();
    this.#onEntry = onEntry;
  }

  override note(...[name, entry]: Parameters<Ledger['note']>): ReturnType<Ledger['note']> {
    const noted = super.note(name, entry);
    this.#onEntry(name, noted);
    return noted;
  }
}
