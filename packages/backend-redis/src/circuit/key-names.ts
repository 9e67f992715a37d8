/**
 * How circuits are called in Redis.
 *
 * A key is `prefix:{name}`, and the lock's two keys add an ending to that. What stands in braces is the hash tag: it
 * alone decides the Cluster slot, so a circuit's keys live on one server. For that, and so that no two different
 * (prefix, name) pairs ever meet, the first `{` and the first `}` of a key must be the ones written here: a prefix's
 * `{` and a name's `}` are escaped, and so is the escape character itself.
 */
export class KeyNames {
  /** What every key of this backend begins with, the opening brace included. */
  readonly #start: string;

  /** @param prefix any well-formed string, the empty one included. */
  constructor(prefix: string) {
    this.#start = `${prefix.replace(/[%{]/g, escape)}:{`;
  }

  /** The text that is the circuit's record. */
  record(name: string): string {
    return `${this.#start}${escapeName(name)}}`;
  }

  /** The lock of that name: held while the key exists. */
  lock(name: string): string {
    return `${this.record(name)}:lock`;
  }

  /** The counter that the lock's fencing tokens come from. */
  fence(name: string): string {
    return `${this.record(name)}:fence`;
  }

  /** The names of the troubled circuits. */
  get troubled(): string {
    return `${this.#start.slice(0, -1)}troubled`;
  }

  /** On a Cluster: those of the circuits in the slots around that of `tag`. */
  shardTroubled(tag: string): string {
    return `${this.troubled}:{${tag}}`;
  }

  /** The channel that transitions are published on: one for all circuits of a prefix. */
  get channel(): string {
    return `${this.#start.slice(0, -1)}transitions`;
  }

  /** A sharded channel in the slot of `tag`, on a Cluster. It is no other prefix's: theirs differ before the brace. */
  shardChannel(tag: string): string {
    return `${this.channel}:{${tag}}`;
  }

  /** The pattern for SCAN that matches the records of all names that begin with `namePrefix`, and nothing else. */
  recordPattern(namePrefix: string): string {
    return `${globLiteral(this.#start + escapeName(namePrefix))}*}`;
  }

  /** The name whose record has this key. */
  nameOf(recordKey: string): string {
    return recordKey.slice(this.#start.length, -1).replace(/%(25|7D)/g, (_, hex: string) => (hex === '25' ? '%' : '}'));
  }
}

function escapeName(name: string): string {
  // Nearly every name is as it should be, and looking is quicker than replacing nothing.
  if (!name.includes('%') && !name.includes('}')) return name;
  return name.replace(/[%}]/g, escape);
}

function escape(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** The glob pattern, as Redis reads one, that matches exactly `text`. */
function globLiteral(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, '\\$&');
}
