/**
 * The file between two engines: JSON lines, one item each, in one order, with a header that names
 * the format and an end that tells whether all of it came through. Two exports of the same state
 * are the same bytes, whatever engine made them.
 */
import { createHash } from 'node:crypto';
import { VERSION } from '../core/version.ts';
import type { Item } from './transfer.ts';
import { ITEM_MEMBERS, Order, parseItem } from './transfer-items.ts';

const FORMAT = 1;

/** A file that is no export, is damaged, or is of a later version. */
export class BadExport extends Error {
  override readonly name = 'BadExport';
}

type Chunks = AsyncGenerator<Uint8Array, void, void>;

export async function* toLines(batches: AsyncIterable<readonly Item[]>): Chunks {
  const hash = createHash('sha256');
  let items = 0;
  const hashed = (text: string) => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    return bytes;
  };
  yield hashed(line({ kind: 'header', format: FORMAT, millrace: VERSION }));
  for await (const batch of batches) {
    items += batch.length;
    yield hashed(batch.map((item) => `${JSON.stringify(item, ITEM_MEMBERS)}\n`).join(''));
  }
  yield Buffer.from(line({ kind: 'end', items, sha256: hash.digest('hex') }));
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Items given on in one go: as many as these characters hold, and one at least. */
const BATCH_CHARS = 1024 * 1024;
const BATCH_ITEMS = 1000;

/** The items of a file. What is wrong is known at the end at the latest; only then is it good. */
export async function* fromLines(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Item[], void, void> {
  const reading = new Reading();
  let batch: Item[] = [];
  let chars = 0;
  for await (const text of linesOf(source)) {
    const item = reading.take(text);
    if (!item) continue;
    batch.push(item);
    chars += text.length;
    if (chars < BATCH_CHARS && batch.length < BATCH_ITEMS) continue;
    yield batch;
    batch = [];
    chars = 0;
  }
  if (batch.length > 0) yield batch;
  reading.end();
}

async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, void> {
  let parts: Uint8Array[] = [];
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, from)) {
      yield Buffer.concat([...parts, chunk.subarray(from, at + 1)]);
      parts = [];
      from = at + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

const NEW_LINE = '\n'.charCodeAt(0);

/** Where the reading of a file stands. */
class Reading {
  readonly #hash = createHash('sha256');
  #line = 0;
  #items = 0;
  readonly #order = new Order();
  #isEnded = false;

  take(bytes: Buffer): Item | undefined {
    this.#line += 1;
    const value = this.#parse(bytes);
    if (this.#line > 1 && value.kind === 'end') {
      this.#checkEnd(value);
      return undefined;
    }
    this.#hash.update(bytes);
    if (this.#line > 1) return this.#item(value);
    this.#checkHeader(value);
    return undefined;
  }

  end(): void {
    if (!this.#isEnded) throw new BadExport('The file ends too early: it was cut off.');
  }

  #parse(bytes: Buffer): Readonly<Record<string, unknown>> {
    if (this.#isEnded) throw this.#wrong('comes after the end');
    try {
      const value: unknown = JSON.parse(bytes.toString());
      if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
    } catch {
      // Said below.
    }
    throw this.#wrong('is no JSON object');
  }

  #checkHeader({ kind, format, millrace }: Readonly<Record<string, unknown>>): void {
    if (kind !== 'header') throw new BadExport('This is no export of millrace.');
    if (format === FORMAT) return;
    throw new BadExport(`The export has format ${format}, of millrace ${millrace}; this reads 1.`);
  }

  #checkEnd({ items, sha256 }: Readonly<Record<string, unknown>>): void {
    if (!this.#order.isWhole || items !== this.#items || sha256 !== this.#hash.digest('hex')) {
      throw new BadExport('The export is damaged: it is not what was written.');
    }
    this.#isEnded = true;
  }

  #item(value: Readonly<Record<string, unknown>>): Item {
    const item = parseItem(value);
    if (!item) throw this.#wrong('holds nothing that is known here');
    if (!this.#order.accepts(item)) throw this.#wrong('is out of order');
    this.#items += 1;
    return item;
  }

  #wrong(what: string): BadExport {
    return new BadExport(`Line ${this.#line} ${what}.`);
  }
}
