/**
 * Heads of requests as clients nearly always send them, read from the bytes of one packet.
 *
 * The grammar is the strict one of RFC 9112, and less than all of it: HTTP/1.1, GET or POST, a
 * path, a Host, no transfer coding, no expectation, no upgrade. Whatever else comes is not judged
 * here but left to the parser of `node:http` (see plain.ts), so that nothing is read in two ways:
 * test/server/plain-head.test.ts holds the two against each other.
 */

export interface PlainHead {
  readonly method: 'GET' | 'POST';
  /** As it was sent. */
  readonly target: string;
  /** Names as they were sent and values in turn. */
  readonly headers: readonly string[];
  readonly headBytes: number;
  readonly bodyBytes: number;
  /** The client ends the connection after the answer. */
  readonly closes: boolean;
}

const HEAD_END = '\r\n\r\n';
const REQUEST_LINE = /^(GET|POST) (\/[!-~]*) HTTP\/1\.1$/;
/** Fields without line folding, bare line ends, control characters or empty names. */
const FIELDS = /^(?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*)+$/;
const LENGTH = /^\d{1,15}$/;

/** Undefined for anything but a whole plain head of at most `mostBytes`. */
export function readPlainHead(bytes: Buffer, mostBytes: number): PlainHead | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0 || end + HEAD_END.length > mostBytes) return undefined;
  const text = bytes.toString('latin1', 0, end);
  const lineEnd = text.indexOf('\r\n');
  if (lineEnd < 0) return undefined;
  const [, method, target] = REQUEST_LINE.exec(text.slice(0, lineEnd)) ?? [];
  if (target === undefined || !FIELDS.test(text.slice(lineEnd))) return undefined;
  const headers = fieldsOf(text, lineEnd + 2);
  const sense = senseOf(headers);
  return (
    sense && {
      method: method as PlainHead['method'],
      target,
      headers,
      headBytes: end + HEAD_END.length,
      ...sense,
    }
  );
}

/** Splits what `FIELDS` has let through. */
function fieldsOf(text: string, start: number): readonly string[] {
  const fields: string[] = [];
  for (let at = start; at < text.length; ) {
    const colon = text.indexOf(':', at);
    const next = text.indexOf('\r\n', colon);
    const end = next < 0 ? text.length : next;
    fields.push(text.slice(at, colon), text.slice(...withoutBlanks(text, colon + 1, end)));
    at = end + 2;
  }
  return fields;
}

function withoutBlanks(text: string, start: number, end: number): [number, number] {
  let [from, to] = [start, end];
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return [from, to];
}

const isBlank = (code: number) => code === 0x20 || code === 0x09;

/** What the fields say about the message itself; undefined when that is not plain. */
function senseOf(headers: readonly string[]): Pick<PlainHead, 'bodyBytes' | 'closes'> | undefined {
  let bodyBytes: number | undefined;
  let closes = false;
  let hasHost = false;
  for (let at = 0; at < headers.length; at += 2) {
    const name = framing(headers[at] ?? '');
    const value = headers[at + 1] ?? '';
    if (name === undefined) continue;
    if (name === 'host') hasHost = true;
    else if (name === 'content-length') {
      if (bodyBytes !== undefined || !LENGTH.test(value)) return undefined;
      bodyBytes = Number(value);
    } else if (name === 'connection' && /^(?:close|keep-alive)$/i.test(value)) {
      closes = value.length === 'close'.length;
    } else return undefined;
  }
  return hasHost ? { bodyBytes: bodyBytes ?? 0, closes } : undefined;
}

const FRAMING: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'connection',
  'expect',
  'upgrade',
  'transfer-encoding',
  'proxy-connection',
  'keep-alive',
  'trailer',
  'te',
]);
const FRAMING_LENGTHS: ReadonlySet<number> = new Set([...FRAMING].map(({ length }) => length));

/** The name in lower case when it is one that says how the message is to be read. */
function framing(sent: string): string | undefined {
  if (!FRAMING_LENGTHS.has(sent.length)) return undefined;
  const name = sent.toLowerCase();
  return FRAMING.has(name) ? name : undefined;
}
