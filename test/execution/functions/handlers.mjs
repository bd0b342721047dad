/** One handler for each way in which a handler may answer; the event says which. */
const handlers = {
  echo: async (event) => event,
  context: async (_event, context) => ({
    ...context,
    left: context.getRemainingTimeInMillis(),
    trace: process.env._X_AMZN_TRACE_ID,
  }),
  nothing: async () => {},
  throws: () => {
    throw new TypeError('no');
  },
  rejects: async () => {
    throw Object.assign(new RangeError('far'), { code: 'E_FAR', n: 1 });
  },
  text: async () => {
    throw 'text';
  },
  circle: async () => {
    const a = {};
    a.a = a;
    return a;
  },
  big: async () => ({ n: 1n }),
  callback: (_event, _context, callback) => {
    setTimeout(() => callback(null, 'called'), 1);
  },
  failure: (_event, _context, callback) => callback(new Error('called back')),
  early: (_event, context, callback) => {
    context.callbackWaitsForEmptyEventLoop = false;
    setInterval(() => {}, 1000);
    callback(null, 'early');
  },
  done: (_event, context) => {
    context.done(null, 'done');
  },
  succeed: (_event, context) => {
    context.succeed('succeeded');
  },
  fail: (_event, context) => {
    context.fail(new Error('failed'));
  },
  never: async () => {
    await new Promise(() => {});
  },
};

export const handler = (event, context, callback) => handlers[event.do](event, context, callback);
export const async = async (event, context) => handlers[event.do](event, context);
