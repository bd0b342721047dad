/**
 * `node:sqlite` without the warning that Node 22 gives when it is loaded: people who run millrace
 * there cannot do anything about it. Later releases give none. Every other warning is shown, as
 * warnings are muted for as long as the loading takes and no longer.
 */
export const sqlite = quietly(() => process.getBuiltinModule('node:sqlite'));

function quietly<Value>(load: () => Value): Value {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
