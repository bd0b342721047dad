/**
 * Single calls to a server under test, for what happens outside the measured window.
 */
import { type Answer, Connection } from './connection.ts';
import { type JsonApi, jsonRequest, lambdaRequest, snsRequest } from './requests.ts';

/** One request on a connection of its own; rejects when no answer came. */
export function roundTrip(port: number, request: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const connection = new Connection(port, {
      answered: ({ status, body, closes }) => {
        connection.close();
        resolve({ status, closes, body: Buffer.from(body) });
      },
      lost: () => reject(new Error(`no answer from port ${port}`)),
    });
    connection.send(request);
  });
}

/** An AWS-JSON call; throws what the server refused with. */
export async function call(
  port: number,
  api: JsonApi,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const answer = await roundTrip(port, jsonRequest(api, operation, input));
  if (answer.status !== 200) throw new Error(`${operation}: ${answer.status} ${answer.body}`);
  return answer.body.length > 0 ? JSON.parse(answer.body.toString()) : {};
}

/** An SNS call; returns the text of the answer's `element`. */
export async function callSns(
  port: number,
  action: string,
  input: Readonly<Record<string, string>>,
  element: string,
): Promise<string> {
  const answer = await roundTrip(port, snsRequest(action, input));
  const found = new RegExp(`<${element}>([^<]*)</${element}>`).exec(answer.body.toString());
  if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${answer.body}`);
  return found?.[1] ?? '';
}

/** A call to Lambda; `what` is method and path. Throws what the server refused with. */
export async function callLambda(
  port: number,
  what: string,
  input?: object,
): Promise<Record<string, unknown>> {
  const body = input === undefined ? '' : JSON.stringify(input);
  const answer = await roundTrip(port, lambdaRequest(what, body));
  if (answer.status >= 300) throw new Error(`${what}: ${answer.status} ${answer.body}`);
  return answer.body.length > 0 ? JSON.parse(answer.body.toString()) : {};
}

export interface Queue {
  readonly url: string;
  readonly arn: string;
}

export async function createQueue(
  port: number,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
): Promise<Queue> {
  const created = await call(port, 'sqs', 'CreateQueue', {
    QueueName: name,
    Attributes: attributes,
  });
  const url = String(created.QueueUrl);
  const wanted = { QueueUrl: url, AttributeNames: ['QueueArn'] };
  const found = await call(port, 'sqs', 'GetQueueAttributes', wanted);
  return { url, arn: (found.Attributes as Record<string, string>).QueueArn ?? '' };
}

/** Lets a service send to the queue; without it a delivery is refused, as on AWS. */
export async function allow(port: number, queue: Queue, service: string): Promise<void> {
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sqs:SendMessage',
        Resource: queue.arn,
      },
    ],
  });
  await call(port, 'sqs', 'SetQueueAttributes', { QueueUrl: queue.url, Attributes: { Policy } });
}
