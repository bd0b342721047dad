import { expect, test } from 'vitest';
import { AwsError } from '../../../src/core/errors.ts';
import { readCbor } from '../../../src/wire/documents/cbor-read.ts';
import { CborTag } from '../../../src/wire/documents/cbor-values.ts';
import { writeCbor } from '../../../src/wire/documents/cbor-write.ts';
import { detect, encodeAnswer, encodeError } from '../../../src/wire/wire.ts';
import { headerOf, inputOf, refusalOf, request } from '../requests.ts';

const call = (operation: string, input: object) =>
  request({
    path: `/service/GraniteServiceVersion20100801/operation/${operation}`,
    headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
    body: writeCbor(input),
  });

test('moments are seconds, whole or not', () => {
  const MetricData = [
    { MetricName: 'm', Value: 1, Timestamp: new CborTag(1, 1_700_000_000) },
    { MetricName: 'm', Value: 1.5, Timestamp: new CborTag(1, 1_700_000_000.5) },
  ];
  expect(inputOf(call('PutMetricData', { Namespace: 'n', MetricData }))).toMatchObject({
    MetricData: [{ Timestamp: 1_700_000_000_000 }, { Timestamp: 1_700_000_000_500 }],
  });
});

test('an answer has moments with their tag and floats in full', () => {
  const sent = call('GetMetricStatistics', {});
  const routed = detect(sent);
  if (!routed) throw new Error('Not routed.');
  const Datapoints = [{ Timestamp: 1_700_000_000_000, Sum: 2 }];
  const answer = encodeAnswer(routed, { Label: 'l', Datapoints }, 'a-request-id');
  expect(headerOf(answer, 'smithy-protocol')).toBe('rpc-v2-cbor');
  const read = readCbor(answer.body as Uint8Array);
  expect(read).toEqual({
    Label: 'l',
    Datapoints: [{ Timestamp: new CborTag(1, 1_700_000_000), Sum: 2 }],
  });
  const float = Buffer.from('fb4000000000000000', 'hex');
  expect(Buffer.from(answer.body as Uint8Array).includes(float)).toBe(true);
});

test('an error has its type in the body and its old code in a header', () => {
  const sent = call('DescribeAlarms', {});
  const error = new AwsError('InvalidNextToken', 'bad token');
  const answer = encodeError(detect(sent), error, 'a-request-id', sent);
  expect(answer.status).toBe(400);
  expect(headerOf(answer, 'x-amzn-query-error')).toBe('InvalidNextToken;Sender');
  expect(readCbor(answer.body as Uint8Array)).toMatchObject({ message: 'bad token' });
});

test('what is not known, or no CBOR, is refused in CBOR', () => {
  const unknown = refusalOf(call('FlyToTheMoon', {}));
  expect(String((readCbor(unknown.body as Uint8Array) as { message: string }).message)).toContain(
    'FlyToTheMoon',
  );
  const broken = { ...call('PutMetricData', {}), body: Buffer.from('{"Namespace":"n"}') };
  expect(refusalOf(broken).status).toBe(400);
});
