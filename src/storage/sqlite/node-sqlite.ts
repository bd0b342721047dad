/**
 * `node:sqlite` without the warning that Node 22 gives when it is loaded: people who run millrace
 * there cannot do anything about it. Later releases give none. Every other warning is shown, as
 * warnings are muted for as long as the loading takes and no longer.
 */
export const sqlite = quietly(() => {
  const loaded: typeof import('node:sqlite') | undefined = process.getBuiltinModule('node:sqlite');
  if (loaded) return loaded;
  throw new Error(`Node 22.13 or later is needed; this is ${process.version}.`);
});

function quietly<Value>(load: () => Value): Value {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
