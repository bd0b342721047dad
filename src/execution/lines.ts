/**
 * Cuts what a process writes into lines, without ever holding more than one of bounded length: a
 * flood of output costs time, not memory.
 */
import { StringDecoder } from 'node:string_decoder';

/** CloudWatch Logs takes events of up to 256 KiB. */
const LONGEST_LINE = 262_144;

export class Lines {
  readonly #take: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(take: (line: string) => void) {
    this.#take = take;
  }

  add(chunk: Buffer): void {
    let text = this.#rest + this.#decoder.write(chunk);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
      this.#take(text.slice(0, end));
      text = text.slice(end + 1);
    }
    while (text.length >= LONGEST_LINE) {
      this.#take(text.slice(0, LONGEST_LINE));
      text = text.slice(LONGEST_LINE);
    }
    this.#rest = text;
  }

  /** What has no line end is a line too, once nothing more comes. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (rest !== '') this.#take(rest);
  }
}

/** The end of an invocation's log, cut by bytes as AWS cuts it. */
export class Tail {
  static readonly BYTES = 4096;
  #lines: string[] = [];
  #bytes = 0;

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length + 1;
    while (this.#lines.length > 1) {
      const first = (this.#lines[0]?.length ?? 0) + 1;
      if (this.#bytes - first < Tail.BYTES) break;
      this.#lines.shift();
      this.#bytes -= first;
    }
  }

  text(): string {
    const bytes = Buffer.from(this.#lines.map((line) => `${line}\n`).join(''));
    if (bytes.length <= Tail.BYTES) return bytes.toString();
    // Not within a character.
    let from = bytes.length - Tail.BYTES;
    while (from < bytes.length && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++;
    return bytes.subarray(from).toString();
  }
}
