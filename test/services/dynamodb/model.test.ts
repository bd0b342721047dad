/**
 * Random commands put to a table and to a model of one. `MODEL_RUNS=2000` makes it a long run.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Input, Suite } from '../../sdk/suite.ts';
import { INDEXED, type Item, N, S, withTable } from './a-table.ts';
import { type Content, itemOf, type Place, placeOf, type Range, TableModel } from './model.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 12);
const TableName = 'orders';

/** Few keys, so that commands meet, and among them those that sort and escape badly. */
const text = fc.constantFrom(
  'a',
  'ab',
  'b',
  'a\u0000',
  'a\u0001',
  'a\u0002',
  '\u0003',
  'é',
  '\u{10000}',
  '\uffff',
  '1:',
);
const place: fc.Arbitrary<Place> = fc.record({ pk: text, sk: text });
const content: fc.Arbitrary<Content> = fc.record(
  {
    owner: fc.constantFrom('one', 'two'),
    at: fc.constantFrom(-10, -1.5, 0, 0.001, 2, 10, 1e21),
    amount: fc.integer({ min: -9, max: 9 }),
  },
  { requiredKeys: [] },
);
const range: fc.Arbitrary<Range> = fc.oneof(
  fc.record({ operator: fc.constantFrom('=', '<', '<=', '>', '>='), value: text }),
  fc.record({ operator: fc.constant('begins_with'), value: text }),
  fc.tuple(text, text).map(([one, other]): Range => {
    const isUp = Buffer.compare(Buffer.from(one), Buffer.from(other)) <= 0;
    const [value, upper] = isUp ? [one, other] : [other, one];
    return { operator: 'between', value, upper };
  }),
);

type Command =
  | { readonly do: 'put'; readonly place: Place; readonly content: Content; readonly once: boolean }
  | { readonly do: 'remove' | 'get'; readonly place: Place }
  | { readonly do: 'add'; readonly place: Place; readonly count: number }
  | { readonly do: 'transact'; readonly places: readonly Place[]; readonly least: number }
  | { readonly do: 'batch'; readonly places: readonly Place[]; readonly content: Content }
  | {
      readonly do: 'query';
      readonly pk: string;
      readonly range: Range | undefined;
      readonly limit: number;
      readonly forward: boolean;
    }
  | { readonly do: 'index'; readonly owner: string; readonly limit: number }
  | { readonly do: 'scan'; readonly segments: number; readonly limit: number };

const limit = fc.integer({ min: 1, max: 5 });
const places = fc.uniqueArray(place, {
  ...{ minLength: 1, maxLength: 4, selector: (one: Place) => JSON.stringify([one.pk, one.sk]) },
});
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('put'), place, content, once: fc.boolean() }),
  },
  fc.record({ do: fc.constantFrom('remove', 'get'), place }),
  fc.record({ do: fc.constant('add'), place, count: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ do: fc.constant('transact'), places, least: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ do: fc.constant('batch'), places, content }),
  fc.record({
    ...{ do: fc.constant('query'), pk: text, limit, forward: fc.boolean() },
    range: fc.option(range, { nil: undefined }),
  }),
  fc.record({ do: fc.constant('index'), owner: fc.constantFrom('one', 'two'), limit }),
  fc.record({ do: fc.constant('scan'), segments: fc.integer({ min: 1, max: 4 }), limit }),
);

test('a table answers as the model does', { timeout: 30_000 + RUNS * 500 }, async () => {
  const commands = fc.array(command, { minLength: 10, maxLength: 80 });
  const holds = fc.asyncProperty(commands, async (all) => {
    await using aws = await withTable(INDEXED);
    const model = new TableModel();
    for (const one of all) await run(aws, model, one);
    await checkWhole(aws, model);
  });
  await fc.assert(holds, { numRuns: RUNS });
});

async function run(aws: Suite, model: TableModel, command: Command): Promise<void> {
  switch (command.do) {
    case 'put':
      return runPut(aws, model, command);
    case 'remove':
      await aws.call('dynamodb', 'DeleteItem', { TableName, Key: itemOf(command.place, {}) });
      return model.remove(command.place);
    case 'get': {
      const input = { TableName, Key: itemOf(command.place, {}) };
      const { Item } = await aws.call('dynamodb', 'GetItem', input);
      return expect(Item).toEqual(normal(model.get(command.place)));
    }
    case 'add':
      await aws.call('dynamodb', 'UpdateItem', adding(command.place, command.count));
      return model.add(command.place, command.count);
    case 'transact':
      return runTransact(aws, model, command);
    case 'batch': {
      const items = command.places.map((one) => itemOf(one, command.content));
      const requests = items.map((Item) => ({ PutRequest: { Item } }));
      await aws.call('dynamodb', 'BatchWriteItem', { RequestItems: { orders: requests } });
      for (const item of items) model.put(item);
      return;
    }
    case 'query':
      return runQuery(aws, model, command);
    case 'index': {
      const found = await pages(aws, {
        ...{ TableName, IndexName: 'byOwner', Limit: command.limit },
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': S(command.owner) },
      });
      const expected = model.queryIndex(command.owner);
      expect(found.map(({ at }) => at)).toEqual(expected.map((item) => normal(item)?.at));
      return sameItems(found.map(placeOf), expected.map(placeOf));
    }
    case 'scan':
      return runScan(aws, model, command);
  }
}

async function runPut(aws: Suite, model: TableModel, command: Command & { do: 'put' }) {
  const Item = itemOf(command.place, command.content);
  const condition = command.once && { ConditionExpression: 'attribute_not_exists(pk)' };
  const input = { TableName, Item, ...condition };
  if (command.once && model.get(command.place)) {
    const { code } = await aws.fails('dynamodb', 'PutItem', input);
    expect(code).toBe('ConditionalCheckFailedException');
    return;
  }
  await aws.call('dynamodb', 'PutItem', input);
  model.put(Item);
}

/** Adds 1 to each, if the first of them has at least so much. */
async function runTransact(aws: Suite, model: TableModel, command: Command & { do: 'transact' }) {
  const TransactItems = command.places.map((one, at) => {
    const Update = { ...adding(one, 1), UpdateExpression: 'ADD amount :n' };
    if (at > 0) return { Update };
    const values = { ...Update.ExpressionAttributeValues, ':least': N(command.least) };
    const condition = { ConditionExpression: 'amount >= :least' };
    return { Update: { ...Update, ...condition, ExpressionAttributeValues: values } };
  });
  const [first] = command.places;
  const amount = first && model.get(first)?.amount?.N;
  if (amount === undefined || Number(amount) < command.least) {
    const { code } = await aws.fails('dynamodb', 'TransactWriteItems', { TransactItems });
    expect(code).toBe('TransactionCanceledException');
    return;
  }
  await aws.call('dynamodb', 'TransactWriteItems', { TransactItems });
  for (const one of command.places) model.add(one, 1);
}

async function runQuery(aws: Suite, model: TableModel, command: Command & { do: 'query' }) {
  const { pk, range, limit: Limit, forward: ScanIndexForward } = command;
  const found = await pages(aws, {
    ...{ TableName, Limit, ScanIndexForward },
    KeyConditionExpression: `pk = :p${range ? ` AND ${conditionOf(range)}` : ''}`,
    ExpressionAttributeValues: {
      ':p': S(pk),
      ...(range && { ':v': S(range.value) }),
      ...(range?.operator === 'between' && { ':u': S(range.upper) }),
    },
  });
  const expected = model.query(pk, range).map(normal);
  expect(found).toEqual(ScanIndexForward ? expected : expected.toReversed());
}

function conditionOf(range: Range): string {
  if (range.operator === 'begins_with') return 'begins_with(sk, :v)';
  return range.operator === 'between' ? 'sk BETWEEN :v AND :u' : `sk ${range.operator} :v`;
}

async function runScan(aws: Suite, model: TableModel, command: Command & { do: 'scan' }) {
  const { segments: TotalSegments, limit: Limit } = command;
  const found: Place[] = [];
  for (let Segment = 0; Segment < TotalSegments; Segment += 1) {
    const input = { TableName, Limit, Segment, TotalSegments };
    for (let next: Input<'dynamodb', 'Scan'> = input; ; ) {
      const { Items = [], LastEvaluatedKey: last } = await aws.call('dynamodb', 'Scan', next);
      found.push(...Items.map(placeOf));
      if (!last) break;
      next = { ...input, ExclusiveStartKey: last };
    }
  }
  sameItems(found, model.all().map(placeOf));
}

async function checkWhole(aws: Suite, model: TableModel): Promise<void> {
  const { Items = [] } = await aws.call('dynamodb', 'Scan', { TableName });
  sameItems(Items.map(normal), model.all().map(normal));
  const byOwner = { TableName, IndexName: 'byOwner' };
  const { Items: entries = [] } = await aws.call('dynamodb', 'Scan', byOwner);
  sameItems(entries.map(placeOf), model.entries().map(placeOf));
}

async function pages(aws: Suite, input: Input<'dynamodb', 'Query'>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (let next = input; ; ) {
    const { Items = [], LastEvaluatedKey: last } = await aws.call('dynamodb', 'Query', next);
    found.push(...Items);
    if (!last) return found;
    next = { ...input, ExclusiveStartKey: last };
  }
}

function adding(one: Place, count: number) {
  return {
    ...{ TableName, Key: itemOf(one, {}), UpdateExpression: 'ADD amount :n' },
    ExpressionAttributeValues: { ':n': N(count) },
  };
}

function sameItems(found: readonly unknown[], expected: readonly unknown[]): void {
  const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
  expect(sorted(found)).toEqual(sorted(expected));
}

/** Numbers as DynamoDB writes them, attributes in the model's order. */
function normal(item: Item | undefined): Item | undefined {
  if (!item) return undefined;
  const { pk, sk, owner, at, amount } = item;
  const number = at?.N === '1e+21' ? `1${'0'.repeat(21)}` : at?.N;
  return {
    ...(pk && { pk }),
    ...(sk && { sk }),
    ...(owner && { owner }),
    ...(number !== undefined && { at: { N: number } }),
    ...(amount && { amount }),
  };
}
