/**
 * Carries what a stream feeds it to an ordered queue, under the record's own id: however often a
 * crash makes it carry one, the queue has it once. What is carried is the text that the record
 * holds, in the order of its item or key.
 */
const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_REGION, TO } = process.env;
const SCOPE = `${AWS_ACCESS_KEY_ID}/20260101/${AWS_REGION}/sqs/aws4_request`;
const HEADERS = {
  'Content-Type': 'application/x-amz-json-1.0',
  'X-Amz-Target': 'AmazonSQS.SendMessage',
  Authorization: `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host, Signature=0`,
};

export async function handler({ Records }) {
  for (const { eventID, dynamodb, kinesis } of Records) {
    const message = dynamodb
      ? { MessageBody: dynamodb.NewImage.text.S, MessageGroupId: dynamodb.Keys.id.S }
      : { MessageBody: textOf(kinesis.data), MessageGroupId: kinesis.partitionKey };
    const answer = await fetch(AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: HEADERS,
      body: JSON.stringify({ QueueUrl: TO, ...message, MessageDeduplicationId: eventID }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

function textOf(base64) {
  return Buffer.from(base64, 'base64').toString();
}
