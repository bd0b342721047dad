/**
 * Real time: a process is killed for real, so its clients wait for real. Only a server with a
 * virtual clock can be told to move on.
 */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The first of the two to come; undefined when time was up. */
export function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Moves the virtual time of a server on; resolves when all that was due is done. */
export async function advance(port: number, by: string): Promise<void> {
  const at = `http://127.0.0.1:${port}/_millrace/v1/clock/advance`;
  const answer = await fetch(at, { method: 'POST', body: JSON.stringify({ by }) });
  if (!answer.ok) throw new Error(await answer.text());
}
