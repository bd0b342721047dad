/**
 * An inbox in SQLite, as an idempotent consumer keeps one: an id and the effect of its message are
 * written in one transaction, so that what comes again has no effect again. Effects are rows of
 * their own, without a key: one that was done twice would stand there twice.
 */
import { DatabaseSync } from 'node:sqlite';

export const database = new DatabaseSync(process.env.BOOKS, { timeout: 5_000 });

const knows = database.prepare('INSERT OR IGNORE INTO inbox (id, effect) VALUES (?, ?)');
const does = database.prepare('INSERT INTO effects (id, effect) VALUES (?, ?)');

/** Does the effect unless it was done before. */
export function once(id, effect) {
  database.exec('BEGIN IMMEDIATE');
  const { changes } = knows.run(id, effect);
  if (changes > 0) does.run(id, effect);
  database.exec('COMMIT');
}

export function tell(what) {
  database.prepare('INSERT INTO told (pid, what) VALUES (?, ?)').run(process.pid, what);
}

/** A message to a queue of the server that runs this function. */
export async function send(QueueUrl, MessageBody) {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_REGION } = process.env;
  const scope = `${AWS_ACCESS_KEY_ID}/20260101/${AWS_REGION}/sqs/aws4_request`;
  const answer = await fetch(AWS_ENDPOINT_URL, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.0',
      'X-Amz-Target': 'AmazonSQS.SendMessage',
      Authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ QueueUrl, MessageBody }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
