/**
 * Answers whose JSON is there already. Who keeps what it answers as JSON text need not parse it,
 * only for the wire to write it again: the text goes out as it is. Whoever wants the members, such
 * as another protocol or a caller inside the server, takes them from the answer, which may parse
 * them when it is asked.
 */
const TEXT = Symbol('JSON text');

export type JsonText = string | Uint8Array;

interface Ready {
  readonly [TEXT]?: JsonText | (() => JsonText);
}

/**
 * `answer`, which is `text` on the wire: exactly what its shape would be written as. A function
 * is asked for the text where JSON goes out, and not where another protocol does.
 */
export function withReadyJson<Answer extends object>(
  answer: Answer,
  text: JsonText | (() => JsonText),
): Answer {
  return Object.defineProperty(answer, TEXT, { value: text });
}

export function readyJsonOf(answer: object): JsonText | undefined {
  const text = (answer as Ready)[TEXT];
  return typeof text === 'function' ? text() : text;
}
