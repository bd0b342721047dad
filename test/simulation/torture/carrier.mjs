/**
 * Carries messages from the queue that feeds it to an ordered one, under a deduplication id of
 * their own: however often a crash makes it carry one, the other queue has it once. Some batches
 * fail half-way the first time.
 */
const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_REGION, TO } = process.env;
const SCOPE = `${AWS_ACCESS_KEY_ID}/20260101/${AWS_REGION}/sqs/aws4_request`;
const HEADERS = {
  'Content-Type': 'application/x-amz-json-1.0',
  'X-Amz-Target': 'AmazonSQS.SendMessage',
  Authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host, Signature=0`,
};

export async function handler({ Records }) {
  for (const { messageId, body, attributes } of Records) {
    if (attributes.ApproximateReceiveCount === '1' && messageId.startsWith('0')) {
      throw new Error('It fails the first time.');
    }
    const message = { QueueUrl: TO, MessageBody: body, MessageGroupId: messageId.slice(0, 2) };
    const answer = await fetch(AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify({ ...message, MessageDeduplicationId: messageId }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}
