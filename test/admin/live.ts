/** Server-sent events of the admin API, as a client reads them. */
export interface Live<Frame> {
  readonly status: number;
  readonly headers: Headers;
  /** The next frame; undefined when the stream has come to its end. */
  next(): Promise<Frame | undefined>;
  /** Reads on to the first frame that `is` what is wanted, and answers with all that came. */
  until(is: (frame: Frame) => boolean): Promise<readonly Frame[]>;
  leave(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function live<Frame>(
  { endpoint }: { readonly endpoint: string },
  path: string,
): Promise<Live<Frame>> {
  const away = new AbortController();
  const answer = await fetch(`${endpoint}/_millrace/v1/${path}`, { signal: away.signal });
  const frames = framesOf<Frame>(answer);
  const next = async () => {
    const { done, value } = await frames.next();
    return done ? undefined : value;
  };
  const leave = async () => away.abort();
  return {
    status: answer.status,
    headers: answer.headers,
    next,
    until: async (is) => {
      const all: Frame[] = [];
      for (;;) {
        const frame = await next();
        if (frame === undefined) throw new Error(`The stream ended after ${JSON.stringify(all)}.`);
        all.push(frame);
        if (is(frame)) return all;
      }
    },
    leave,
    [Symbol.asyncDispose]: leave,
  };
}

async function* framesOf<Frame>({ body }: Response): AsyncGenerator<Frame, undefined> {
  if (!body) throw new Error('There is no body.');
  let text = '';
  for await (const piece of body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      if (event.startsWith('data: ')) yield JSON.parse(event.slice(6)) as Frame;
    }
  }
  return undefined;
}
