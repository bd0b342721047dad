/**
 * The floor: what bare `node:http` does for the same bytes in and out, and nothing else.
 *
 * Reads the whole body, parses nothing, and answers a constant of the size that the measured
 * operation answers. A ratio to it says how much of a request goes into being millrace.
 * Usage: node bench/floor.ts <port> <answer bytes>
 */
import { createServer } from 'node:http';

const port = Number(process.argv[2] ?? 0);
const answerBytes = Number(process.argv[3] ?? 180);
const answer = Buffer.from(JSON.stringify({ MessageId: 'x'.repeat(answerBytes - 16) }));

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    response.writeHead(body ? 200 : 400, {
      'Content-Type': 'application/x-amz-json-1.0',
      'Content-Length': answer.length,
      'x-amzn-RequestId': '00000000-0000-4000-8000-000000000000',
    });
    response.end(answer);
  });
});
server.listen(port, '127.0.0.1', () => console.log('Ready.'));
