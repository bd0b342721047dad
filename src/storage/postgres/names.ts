/**
 * What our things are called in the database.
 *
 * All SQL names them with their schema: behind a pooler a connection's `search_path` may be
 * somebody else's.
 */

/** A statement that is prepared once per connection, under its name. */
export interface Statement {
  /** Unique in the engine; a name stands for one text only. */
  readonly name: string;
  /** With `$1`, `$2` … for values. */
  readonly text: string;
}

/** PostgreSQL cuts longer names off. */
const LONGEST = 63;

export class Schema {
  readonly name: string;

  constructor(name: string) {
    if (!/^[a-z_][a-z0-9_]*$/.test(name) || name.length > LONGEST) {
      throw new TypeError(
        `"${name}" cannot be the schema: it takes small letters, digits and underscores, ` +
          `begins with a letter and has up to ${LONGEST} characters.`,
      );
    }
    this.name = name;
  }

  /** A table, sequence or index of ours as SQL names it. */
  at(name: string): string {
    return `"${this.name}".${name}`;
  }

  /**
   * SQL of the number that an advisory lock on `text` (SQL of a text) has. Locks are shared by the
   * whole database; two texts with one number wait for each other needlessly, and no more.
   */
  lockNumber(what: string, text: string): string {
    return `hashtextextended('${this.name}/${what}/' || ${text}, 0)`;
  }
}

export function statement(name: string, text: string): Statement {
  return { name, text };
}
