/** The admin API on the console's port: the same, and what it answers leads to the API's. */
import { expect, test } from 'vitest';
import { startServer } from '../../src/index.ts';

async function post(url: string | undefined, path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', 'x-millrace-console': '1' };
  const answer = await fetch(new URL(`/_millrace/v1/${path}`, url), {
    ...{ method: 'POST', headers, body: JSON.stringify(body) },
  });
  expect(answer.status).toBe(200);
  return answer.json();
}

test('a queue that is made from the console has its address at the API', async () => {
  const server = await startServer({ port: 0, console: true });
  const made = await post(server.console, 'operations/sqs/CreateQueue', { QueueName: 'q' });
  expect(made).toEqual({ output: { QueueUrl: `${server.endpoint}/000000000000/q` } });
  await server.close();
});
