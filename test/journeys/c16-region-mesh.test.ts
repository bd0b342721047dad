/**
 * C-16: two Regions that both write and tell each other. Each forwards what it is told, nothing
 * goes in circles, and the tables of both come to hold the same.
 */
import { expect, test } from 'vitest';
import { type Suite, startSuite } from '../sdk/suite.ts';
import {
  EVERYTHING,
  openQueue,
  put,
  type Queue,
  type Received,
  sendsTo,
} from '../services/events/receivers.ts';

const REGIONS = ['us-east-1', 'eu-west-1'] as const;
const ROLE = 'arn:aws:iam::000000000000:role/mesh';
const OTHER_ACCOUNT = '222222222222';

const busArn = (region: string, account = '000000000000') =>
  `arn:aws:events:${region}:${account}:event-bus/mesh`;

interface Region {
  readonly aws: Suite;
  readonly queue: Queue;
}

async function region(aws: Suite): Promise<Region> {
  await aws.call('events', 'CreateEventBus', { Name: 'mesh' });
  const queue = await openQueue(aws, 'customers');
  await sendsTo(aws, 'customers', EVERYTHING, { Arn: queue.arn }, 'mesh');
  return { aws, queue };
}

async function mesh(aws: Suite): Promise<readonly [Region, Region]> {
  const [first, second] = REGIONS.map((name) => aws.as({ region: name }));
  if (!first || !second) throw new Error('Two were named.');
  return [await region(first), await region(second)];
}

/** What began elsewhere has been told here and is not told again. */
const forward = ({ aws }: Region, Arn: string) =>
  sendsTo(aws, 'forward', { region: [aws.region] }, { Arn, RoleArn: ROLE }, 'mesh');

/** A table by key; what was written last holds, and of two at once that of the later Region. */
class Table {
  readonly #rows = new Map<unknown, Received>();

  take(events: readonly Received[]): void {
    for (const event of events) {
      const known = this.#rows.get(event.detail.id);
      if (!known || orderOf(event) > orderOf(known)) this.#rows.set(event.detail.id, event);
    }
  }

  names(): Readonly<Record<string, unknown>> {
    const rows = [...this.#rows.values()].map(({ detail }) => [detail.id, detail.name] as const);
    return Object.fromEntries(rows.sort());
  }
}

const orderOf = ({ detail, region: from }: Received) => `${detail.updatedAt} ${from}`;

const write = ({ aws }: Region, id: string, name: string, updatedAt: string) =>
  put(aws, { id, name, updatedAt }, { EventBusName: 'mesh', DetailType: 'CustomerChanged' });

test('tables that both Regions write converge, and no event goes in circles', async () => {
  await using aws = await startSuite();
  const [east, west] = await mesh(aws);
  await forward(east, busArn(REGIONS[1]));
  await forward(west, busArn(REGIONS[0]));
  await write(east, 'c-1', 'Ann', '10:00');
  await write(west, 'c-1', 'Anne', '10:01');
  await write(east, 'c-2', 'Bob', '10:02');
  await write(west, 'c-2', 'Bobby', '10:02');
  await aws.settled();
  const tables = [new Table(), new Table()] as const;
  for (const [index, { queue }] of [east, west].entries()) {
    const events = await queue.events();
    expect(events).toHaveLength(4);
    tables[index]?.take(index === 0 ? events : [...events].reverse());
  }
  expect(tables[0].names()).toEqual({ 'c-1': 'Anne', 'c-2': 'Bob' });
  expect(tables[1].names()).toEqual(tables[0].names());
});

test('an event reaches another Region and another account as what it was', async () => {
  await using aws = await startSuite();
  const [east, west] = await mesh(aws);
  const partner = await region(aws.as({ account: OTHER_ACCOUNT }));
  await partner.aws.call('events', 'PutPermission', {
    EventBusName: 'mesh',
    StatementId: 'mesh',
    Action: 'events:PutEvents',
    Principal: aws.account,
  });
  await forward(east, busArn(REGIONS[1]));
  const Arn = busArn(REGIONS[0], OTHER_ACCOUNT);
  await sendsTo(east.aws, 'partner', EVERYTHING, { Arn, RoleArn: ROLE }, 'mesh');
  const id = await write(east, 'c-1', 'Ann', '10:00');
  const same = { id, region: REGIONS[0], account: aws.account, detail: { name: 'Ann' } };
  for (const { queue } of [east, west, partner]) {
    expect(await queue.events()).toMatchObject([same]);
  }
});

/** By hand, because SDKs sign such a call with SigV4a, for which they need an extension. */
async function writeThrough(aws: Suite, EndpointId: string, name: string): Promise<void> {
  const Detail = JSON.stringify({ id: 'c-1', name, updatedAt: '10:00' });
  const entry = { Source: 'com.shop', DetailType: 'CustomerChanged', Detail };
  await fetch(aws.endpoint, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSEvents.PutEvents',
    },
    body: JSON.stringify({ Entries: [{ ...entry, EventBusName: 'mesh' }], EndpointId }),
  });
}

test('a global endpoint is in both Regions, fails over and recovers', async () => {
  await using aws = await startSuite();
  const [east, west] = await mesh(aws);
  const { Arn: endpointArn } = await aws.call('events', 'CreateEndpoint', {
    Name: 'mesh',
    RoutingConfig: {
      FailoverConfig: {
        Primary: { HealthCheck: 'arn:aws:route53:::healthcheck/1' },
        Secondary: { Route: REGIONS[1] },
      },
    },
    EventBuses: REGIONS.map((name) => ({ EventBusArn: busArn(name) })),
    RoleArn: ROLE,
  });
  const { EndpointId: id = '' } = await aws.call('events', 'DescribeEndpoint', { Name: 'mesh' });
  const health = async (healthy: boolean) => {
    const path = `/_millrace/v1/events/endpoints/${id}`;
    await fetch(aws.endpoint + path, { method: 'POST', body: JSON.stringify({ healthy }) });
  };
  const copy = { resources: [endpointArn] };

  await writeThrough(aws, id, 'Ann');
  expect(await east.queue.events()).toMatchObject([{ region: REGIONS[0], resources: [] }]);
  expect(await west.queue.events()).toMatchObject([{ region: REGIONS[0], ...copy }]);
  await health(false);
  await writeThrough(aws, id, 'Anne');
  expect(await west.queue.events()).toMatchObject([{ region: REGIONS[1], resources: [] }]);
  expect(await east.queue.events()).toMatchObject([{ region: REGIONS[1], ...copy }]);
  await health(true);
  await writeThrough(aws, id, 'Annie');
  expect(await east.queue.events()).toMatchObject([{ region: REGIONS[0], resources: [] }]);
});
