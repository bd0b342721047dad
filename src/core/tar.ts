/**
 * Tar archives, written and read as streams: so that whoever has only `tar` can look into a
 * backup. Plain files with short names, sizes beyond 8 GiB as GNU and BSD tar write them.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
const BLOCK = 512;
const NAME = { at: 0, bytes: 100 } as const;
const SIZE = { at: 124, bytes: 12 } as const;
const CHECK = { at: 148, bytes: 8 } as const;
const KIND_AT = 156;
/** The largest size in eleven octal digits; beyond it the field is a binary number. */
const LARGEST_OCTAL = 8 ** 11 - 1;
const BINARY = 0x80;
const SPACE = 0x20;

export interface TarFile {
  readonly name: string;
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A damaged or cut archive. */
export class BadArchive extends Error {
  override readonly name = 'BadArchive';
}

/** `modifiedMs` is the time that every file of it gets. */
export async function* tar(
  files: AsyncIterable<TarFile> | Iterable<TarFile>,
  modifiedMs: number,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const { name, bytes, content } of files) {
    yield header(name, bytes, modifiedMs);
    let written = 0;
    for await (const chunk of content) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== bytes) throw new Error(`${name} has ${written} bytes instead of ${bytes}.`);
    if (padding(bytes) > 0) yield new Uint8Array(padding(bytes));
  }
  yield new Uint8Array(2 * BLOCK);
}

function header(name: string, bytes: number, modifiedMs: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) >= NAME.bytes) throw new Error(`${name} is too long a name.`);
  block.write(name, NAME.at);
  block.write('0000600\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  if (bytes <= LARGEST_OCTAL) block.write(octal(bytes, 11), SIZE.at, 'latin1');
  else {
    block.writeUInt8(BINARY, SIZE.at);
    block.writeBigUInt64BE(BigInt(bytes), SIZE.at + 4);
  }
  block.write(octal(Math.floor(modifiedMs / 1000), 11), 136, 'latin1');
  block.write('0', KIND_AT, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(`${octal(checksum(block), 6)}\0 `, CHECK.at, 'latin1');
  return block;
}

function octal(number: number, digits: number): string {
  return number.toString(8).padStart(digits, '0');
}

/** The sum of all bytes, with the field of the sum itself taken for spaces. */
function checksum(block: Uint8Array): number {
  const inField = (index: number) => index >= CHECK.at && index < CHECK.at + CHECK.bytes;
  return block.reduce((sum, byte, index) => sum + (inField(index) ? SPACE : byte), 0);
}

const padding = (bytes: number) => (BLOCK - (bytes % BLOCK)) % BLOCK;

/**
 * The files of an archive in their order. The content of each has to be read to its end before
 * the next is asked for.
 */
export async function* untar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarFile, void, void> {
  const input = new Input(source);
  for (;;) {
    const block = await input.exactly(BLOCK);
    if (block.every((byte) => byte === 0)) return;
    const { name, bytes, isFile } = parse(block);
    yield { name, bytes: isFile ? bytes : 0, content: isFile ? input.chunks(bytes) : [] };
    if (!isFile) for await (const _ of input.chunks(bytes));
    await input.exactly(padding(bytes));
  }
}

function parse(block: Buffer) {
  const field = ({ at, bytes }: { readonly at: number; readonly bytes: number }) =>
    block.toString('utf8', at, at + bytes).split('\0', 1)[0] ?? '';
  if (Number.parseInt(field(CHECK), 8) !== checksum(block)) {
    throw new BadArchive('This is no archive, or it is damaged.');
  }
  const isBinary = ((block[SIZE.at] ?? 0) & BINARY) !== 0;
  const bytes = isBinary
    ? Number(block.readBigUInt64BE(SIZE.at + 4))
    : Number.parseInt(field(SIZE), 8);
  const kind = block[KIND_AT];
  // What a folder's name ends with, and what `tar` puts before names.
  const name = field(NAME).replace(/^\.\//, '');
  return { name, bytes, isFile: kind === 0 || kind === '0'.charCodeAt(0) };
}

/** Takes a stream in pieces of the sizes that are asked for. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(bytes: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const chunk of this.chunks(bytes)) parts.push(chunk);
    return Buffer.concat(parts);
  }

  async *chunks(bytes: number): AsyncGenerator<Uint8Array, void, void> {
    for (let left = bytes; left > 0; ) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#source.next();
        if (done) throw new BadArchive('The archive ends too early: it was cut off.');
        this.#rest = value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      if (chunk.length > 0) yield chunk;
    }
  }
}
