/** Streamed answers; the event says which. */
const handlers = {
  parts: async (stream) => {
    stream.setContentType('text/plain');
    stream.write('one ');
    stream.write(Buffer.from('two '));
    stream.write({ three: 3 });
    stream.end();
  },
  http: async (stream) => {
    const { HttpResponseStream } = globalThis.awslambda;
    const http = HttpResponseStream.from(stream, { statusCode: 201, headers: { a: 'b' } });
    http.write('body');
    http.end();
  },
  fails: async (stream) => {
    stream.write('begun');
    throw new TypeError('midway');
  },
  failsAtOnce: async () => {
    throw new RangeError('before');
  },
  exits: async (stream) => {
    stream.write('begun', () => process.exit(4));
    await new Promise(() => setInterval(() => {}, 1000));
  },
  hangs: async (stream) => {
    stream.write('begun');
    await new Promise(() => setInterval(() => {}, 1000));
  },
  floods: async (stream) => {
    setInterval(() => stream.write(Buffer.alloc(100_000, 'x')), 1);
    await new Promise(() => {});
  },
  much: async (stream) => {
    for (let i = 0; i < 80; i++) {
      if (!stream.write(Buffer.alloc(100_000, 'x'))) {
        await new Promise((resolve) => stream.once('drain', resolve));
      }
    }
    stream.end();
  },
};

export const handler = globalThis.awslambda.streamifyResponse(async (event, stream) =>
  handlers[event.do](stream),
);
