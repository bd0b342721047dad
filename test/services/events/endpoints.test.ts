import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { EVERYTHING, openQueue, put, type Queue, sendsTo } from './receivers.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const ROLE = 'arn:aws:iam::000000000000:role/replication';
const ARN = 'arn:aws:events:us-east-1:000000000000:endpoint/shop';

const busArn = (region: string, name = 'orders') =>
  `arn:aws:events:${region}:000000000000:event-bus/${name}`;

function pair(...arns: readonly [string, string]) {
  return arns.map((EventBusArn) => ({ EventBusArn }));
}

const INPUT = {
  Name: 'shop',
  RoutingConfig: {
    FailoverConfig: {
      Primary: { HealthCheck: 'arn:aws:route53:::healthcheck/1' },
      Secondary: { Route: SECONDARY },
    },
  },
  EventBuses: pair(busArn(PRIMARY), busArn(SECONDARY)),
  RoleArn: ROLE,
};

interface Sides {
  readonly aws: Suite;
  readonly east: Queue;
  readonly west: Queue;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A bus with a queue for everything in each of two Regions. */
async function twoRegions(): Promise<Sides> {
  const aws = await startSuite();
  const [east, west] = await Promise.all([aws, aws.as({ region: SECONDARY })].map(withQueue));
  if (!east || !west) throw new Error('Two were asked for.');
  return { aws, east, west, [Symbol.asyncDispose]: () => aws[Symbol.asyncDispose]() };
}

async function withQueue(aws: Suite): Promise<Queue> {
  await aws.call('events', 'CreateEventBus', { Name: 'orders' });
  const queue = await openQueue(aws, `q-${aws.region}`);
  await sendsTo(aws, 'all', EVERYTHING, { Arn: queue.arn }, 'orders');
  return queue;
}

async function create(aws: Suite, more: object = {}): Promise<string> {
  await aws.call('events', 'CreateEndpoint', { ...INPUT, ...more });
  const described = await aws.call('events', 'DescribeEndpoint', { Name: 'shop' });
  return described.EndpointId ?? '';
}

/** Puts an event by hand: SDKs sign such a call with SigV4a, for which they need an extension. */
async function putThrough(aws: Suite, EndpointId: string, EventBusName = 'orders') {
  const entry = { Source: 'com.shop', DetailType: 'OrderPlaced', Detail: '{"a":1.0}' };
  const answer = await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSEvents.PutEvents',
    },
    body: JSON.stringify({ Entries: [{ ...entry, EventBusName }], EndpointId }),
  });
  return (await answer.json()) as { Entries: { EventId: string }[]; message?: string };
}

function health(aws: Suite, id: string, init?: RequestInit) {
  return fetch(`${aws.endpoint}/_millrace/v1/events/endpoints/${id}`, init);
}

async function setHealth(aws: Suite, id: string, healthy: boolean): Promise<unknown> {
  const body = JSON.stringify({ healthy });
  return (await health(aws, id, { method: 'POST', body })).json();
}

describe('answers', () => {
  test('an endpoint is described as it was made', async () => {
    await using sides = await twoRegions();
    const { aws } = sides;
    const settings = { ...INPUT, ReplicationConfig: { State: 'ENABLED' }, State: 'ACTIVE' };
    const more = { Description: 'd' };
    const made = await aws.call('events', 'CreateEndpoint', { ...INPUT, ...more });
    expect(made).toEqual({ ...settings, Arn: ARN });
    const described = await aws.call('events', 'DescribeEndpoint', { Name: 'shop' });
    const id = described.EndpointId ?? '';
    expect(id).toMatch(/^[a-z0-9]+\.veo$/);
    expect(described).toEqual({
      ...settings,
      ...more,
      Arn: ARN,
      EndpointId: id,
      EndpointUrl: `https://${id}.endpoints.event.amazonaws.com`,
      CreationTime: aws.clock.now(),
      LastModifiedTime: aws.clock.now(),
    });
    const { Endpoints } = await aws.call('events', 'ListEndpoints', { NamePrefix: 'sh' });
    expect(Endpoints).toEqual([described]);
    const west = aws.as({ region: SECONDARY });
    expect((await west.call('events', 'ListEndpoints', {})).Endpoints).toEqual([]);
    const home = { HomeRegion: PRIMARY };
    expect((await west.call('events', 'ListEndpoints', home)).Endpoints).toEqual([described]);
  });

  test('events are in both Regions; the copy names the endpoint', async () => {
    await using sides = await twoRegions();
    const { aws, east, west } = sides;
    const id = await create(aws);
    const { Entries } = await putThrough(aws, id);
    const event = { id: Entries[0]?.EventId, region: PRIMARY, detail: { a: 1 } };
    expect(await east.events()).toMatchObject([{ ...event, resources: [] }]);
    expect(await west.events()).toMatchObject([{ ...event, resources: [ARN] }]);
  });

  test('an unhealthy primary Region hands over to the other one, and back', async () => {
    await using sides = await twoRegions();
    const { aws, east, west } = sides;
    const id = await create(aws, { ReplicationConfig: { State: 'DISABLED' } });
    expect(await (await health(aws, id)).json()).toEqual({ healthy: true, region: PRIMARY });
    expect(await setHealth(aws, id, false)).toEqual({ healthy: false, region: SECONDARY });
    await putThrough(aws, id);
    expect(await east.events()).toEqual([]);
    expect(await west.events()).toMatchObject([{ region: SECONDARY, resources: [] }]);
    await setHealth(aws, id, true);
    await putThrough(aws, id, busArn(SECONDARY));
    expect(await east.events()).toHaveLength(1);
    expect(await west.events()).toEqual([]);
  });

  test('replication copies what is put on either bus, once', async () => {
    await using sides = await twoRegions();
    const { aws, east, west } = sides;
    await create(aws);
    const resources = ['arn:aws:s3:::shop'];
    const entry = { EventBusName: 'orders', Resources: resources };
    await put(aws.as({ region: SECONDARY }), {}, entry);
    expect(await east.events()).toMatchObject([
      { region: SECONDARY, resources: [...resources, ARN] },
    ]);
    expect(await west.events()).toMatchObject([{ region: SECONDARY, resources }]);
    const { Rules = [] } = await aws.call('events', 'ListRules', { EventBusName: 'orders' });
    expect(Rules.map(({ ManagedBy }) => ManagedBy)).toContain('events.amazonaws.com');
  });

  test('an update switches replication off and on, a deletion ends it', async () => {
    await using sides = await twoRegions();
    const { aws, west } = sides;
    await create(aws);
    const replicate = (State: 'ENABLED' | 'DISABLED') =>
      aws.call('events', 'UpdateEndpoint', { Name: 'shop', ReplicationConfig: { State } });
    const arrives = async () => {
      await put(aws, {}, { EventBusName: 'orders' });
      return (await west.events()).length;
    };
    expect((await replicate('DISABLED')).ReplicationConfig).toEqual({ State: 'DISABLED' });
    expect(await arrives()).toBe(0);
    await replicate('ENABLED');
    expect(await arrives()).toBe(1);
    await aws.call('events', 'DeleteEndpoint', { Name: 'shop' });
    expect(await arrives()).toBe(0);
    expect((await aws.call('events', 'ListEndpoints', {})).Endpoints).toEqual([]);
  });
});

describe('refusals', () => {
  test('an endpoint is not made twice, and one that is not there is told by its name', async () => {
    await using sides = await twoRegions();
    const { aws } = sides;
    await create(aws);
    expect((await aws.fails('events', 'CreateEndpoint', INPUT)).code).toBe(
      'ResourceAlreadyExistsException',
    );
    for (const operation of ['DescribeEndpoint', 'UpdateEndpoint', 'DeleteEndpoint'] as const) {
      expect(await aws.fails('events', operation, { Name: 'x' })).toMatchObject({
        code: 'ResourceNotFoundException',
        message: 'Endpoint x does not exist.',
      });
    }
    expect((await putThrough(aws, 'abcde.veo')).message).toBe('Endpoint abcde.veo does not exist.');
    expect((await health(aws, 'abcde.veo')).status).toBe(404);
  });

  test.each([
    ['of one Region', { EventBuses: pair(busArn(PRIMARY), busArn(PRIMARY, 'b')) }],
    ['of two names', { EventBuses: pair(busArn(PRIMARY), busArn(SECONDARY, 'default')) }],
    ['without a role for replication', { RoleArn: undefined }],
  ])('two buses %s', async (_, more) => {
    await using sides = await twoRegions();
    const { code } = await sides.aws.fails('events', 'CreateEndpoint', { ...INPUT, ...more });
    expect(code).toBe('ValidationException');
  });

  test('a bus that is not there', async () => {
    await using aws = await startSuite();
    const { code } = await aws.fails('events', 'CreateEndpoint', INPUT);
    expect(code).toBe('ResourceNotFoundException');
  });

  test('a health that is none', async () => {
    await using sides = await twoRegions();
    const id = await create(sides.aws);
    for (const body of ['', '{}', '{"healthy":"no"}']) {
      expect((await health(sides.aws, id, { method: 'POST', body })).status).toBe(400);
    }
    expect((await health(sides.aws, id, { method: 'PUT' })).status).toBe(405);
  });
});
