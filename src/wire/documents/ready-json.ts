/**
 * Answers whose JSON is there already. Who keeps what it answers as JSON text need not parse it,
 * only for the wire to write it again: the text goes out as it is. Whoever wants the members, such
 * as another protocol or a caller inside the server, takes them from the answer, which may parse
 * them when it is asked.
 */
const TEXT = Symbol('JSON text');

interface Ready {
  readonly [TEXT]?: string;
}

/** `answer`, which is `text` on the wire: exactly what its shape would be written as. */
export function withReadyJson<Answer extends object>(answer: Answer, text: string): Answer {
  return Object.defineProperty(answer, TEXT, { value: text });
}

export function readyJsonOf(answer: object): string | undefined {
  return (answer as Ready)[TEXT];
}
