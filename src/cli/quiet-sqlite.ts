/**
 * Node 22 warns each time that `node:sqlite` is experimental; later releases do not. That one
 * warning is kept from people who cannot do anything about it; all others are shown.
 */
export function quietSqlite(): void {
  if (!process.versions.node.startsWith('22.')) return;
  const emitWarning = process.emitWarning.bind(process) as (...warning: unknown[]) => void;
  process.emitWarning = (...warning: unknown[]) => {
    if (!String(warning[0]).startsWith('SQLite is an experimental feature')) {
      emitWarning(...warning);
    }
  };
}
