import { createHash, createVerify, X509Certificate } from 'node:crypto';
import { createServer, globalAgent, get as httpsGet } from 'node:https';
import type { AddressInfo } from 'node:net';
import MessageValidator from 'sns-validator';
import { describe, expect, test } from 'vitest';
import { selfSignedCertificate } from '../../../src/core/certificate.ts';
import type { Suite } from '../../sdk/suite.ts';
import { aKeyPair } from './a-key-pair.ts';
import { anEndpoint, aQueue, aTopic, confirmed, envelopeIn, get, startSns } from './a-topic.ts';

type Letter = Readonly<Record<string, string>>;

/**
 * AWS's validator wants certificates over HTTPS from AWS's hosts. The host can be overridden, so
 * a TLS front before the stack, with a certificate of our own making, serves them to it.
 */
async function tlsFront(aws: Suite) {
  const keys = await aKeyPair();
  const cert = selfSignedCertificate({
    ...keys,
    commonName: 'localhost',
    hosts: ['localhost', '127.0.0.1'],
    purpose: 'server',
    fromMs: Date.parse('2020-01-01'),
    untilMs: Date.parse('2060-01-01'),
    serial: 'f00d',
  });
  const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createServer({ key, cert }, async (request, response) => {
    const answer = await fetch(aws.endpoint + request.url);
    response.writeHead(answer.status).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  globalAgent.options.ca = cert;
  const { port } = server.address() as AddressInfo;
  return {
    front: `https://localhost:${port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  };
}

function validated(letter: Letter): Promise<object | undefined> {
  const validator = new MessageValidator(/^localhost:\d+$/);
  return new Promise((resolve, reject) => {
    validator.validate(letter, (error, message) => (error ? reject(error) : resolve(message)));
  });
}

const inFrontOf = (aws: Suite, front: string, letter: Letter): Letter => ({
  ...letter,
  SigningCertURL: (letter.SigningCertURL ?? '').replace(aws.endpoint, front),
});

describe("AWS's sns-validator", () => {
  test.each(['1', '2'])('accepts what is signed with version %s', async (SignatureVersion) => {
    await using aws = await startSns();
    await using tls = await tlsFront(aws);
    const topic = await aTopic(aws, 'news', { SignatureVersion });
    await using endpoint = await anEndpoint();
    await topic.subscribe('http', endpoint.url);
    await aws.settled();
    const [question = {}] = endpoint.letters('SubscriptionConfirmation');
    await validated(inFrontOf(aws, tls.front, question));

    await confirmed(aws, topic, endpoint);
    await topic.publish('hello, grüße', { Subject: 'greeting' });
    await aws.settled();
    const [letter = {}] = endpoint.letters('Notification');
    expect(letter.SignatureVersion).toBe(SignatureVersion);
    await validated(inFrontOf(aws, tls.front, letter));
    const forged = { ...letter, Message: 'goodbye' };
    await expect(validated(inFrontOf(aws, tls.front, forged))).rejects.toThrow('invalid');
  });

  test('accepts each text of a structured message', async () => {
    await using aws = await startSns();
    await using tls = await tlsFront(aws);
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn);
    await using endpoint = await anEndpoint();
    await confirmed(aws, topic, endpoint);
    const Message = JSON.stringify({ default: 'for all', sqs: 'for queues' });
    await topic.publish(Message, { MessageStructure: 'json' });
    await aws.settled();
    const letters = [await envelopeIn(queue), endpoint.letters('Notification')[0]] as Letter[];
    expect(letters.map(({ Message: text }) => text)).toEqual(['for queues', 'for all']);
    for (const letter of letters) await validated(inFrontOf(aws, tls.front, letter));
  });
});

describe('the certificate', () => {
  test('is served where the message says, and signs for the key that signed', async () => {
    await using aws = await startSns();
    const topic = await aTopic(aws);
    await using endpoint = await anEndpoint();
    await confirmed(aws, topic, endpoint);
    await topic.publish('hello');
    await aws.settled();
    const [letter = {}] = endpoint.letters('Notification');
    const response = await fetch(letter.SigningCertURL ?? '');
    const pem = await response.text();
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toBe('CN=sns.millrace');
    const name = createHash('md5').update(pem).digest('hex');
    expect(letter.SigningCertURL).toContain(`SimpleNotificationService-${name}.pem`);
    const signed = ['Message', 'MessageId', 'Timestamp', 'TopicArn', 'Type']
      .map((member) => `${member}\n${letter[member]}\n`)
      .join('');
    const verifier = createVerify('sha1').update(signed);
    expect(verifier.verify(certificate.publicKey, letter.Signature ?? '', 'base64')).toBe(true);
  });

  test('does not exist until something has to be signed', async () => {
    await using aws = await startSns();
    const path = '/_millrace/sns/SimpleNotificationService-x.pem';
    expect((await get(aws, path)).status).toBe(404);
    const topic = await aTopic(aws);
    const queue = await aQueue(aws);
    await topic.subscribe('sqs', queue.arn, { RawMessageDelivery: 'true' });
    await topic.publish('hello');
    expect(await aws.stack.storage.scan('sns/signing', 'key')).toEqual([]);
  });

  test('stands up to TLS clients', async () => {
    await using aws = await startSns();
    await using tls = await tlsFront(aws);
    const status = await new Promise((resolve, reject) => {
      httpsGet(`${tls.front}/_millrace/sns/none.pem`, ({ statusCode }) => resolve(statusCode)).on(
        'error',
        reject,
      );
    });
    expect(status).toBe(404);
  });
});
