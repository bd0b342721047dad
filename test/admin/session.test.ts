import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { Session } from '../../src/admin-api/index.ts';
import { startAws } from '../../src/testing/index.ts';

test('a session says where it is, what may be done, and where something has happened', async () => {
  await using aws = await startAws();
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'x' };
  const other = aws.client(SQSClient, { credentials, region: 'eu-west-1' });
  const { QueueUrl } = await other.send(new CreateQueueCommand({ QueueName: 'q' }));
  await other.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
  const answer = await fetch(`${aws.endpoint}/_millrace/v1/session`);
  const session = (await answer.json()) as Session;
  expect(session).toMatchObject({
    endpoint: aws.endpoint,
    readOnly: false,
    clock: 'virtual',
    journal: true,
    contents: true,
  });
  expect(session.services).toContain('events');
  expect(session.places).toEqual([
    { account: '111122223333', region: 'eu-west-1' },
    { account: '000000000000', region: 'us-east-1' },
  ]);
});
