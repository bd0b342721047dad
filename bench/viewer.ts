/** Looks at a server's live views, as the console does: `node bench/viewer.ts <port> <path …>`. */
const [port, ...paths] = process.argv.slice(2);

async function view(path: string): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/_millrace/v1/${path}`);
  if (!answer.ok || !answer.body) throw new Error(`${path}: ${answer.status}`);
  let bytes = 0;
  for await (const piece of answer.body) bytes += piece.length;
  console.log(`${path}: ${bytes} bytes`);
}

await Promise.all(paths.map(view));
