/** What holds when several nodes work on one storage. */
import { expect, test } from 'vitest';
import { INDEXED, N, S, SIMPLE } from './a-table.ts';
import { type Node, twoNodes } from './two-nodes.ts';

const TableName = 'orders';
const KEY = { pk: S('a'), sk: S('1') };
const ROUNDS = Array.from({ length: 30 }, (_, round) => round);

function add(node: Node, key = KEY) {
  return node.call('UpdateItem', {
    ...{ TableName, Key: key, UpdateExpression: 'ADD #n :one' },
    ...{ ExpressionAttributeNames: { '#n': 'n' }, ExpressionAttributeValues: { ':one': N(1) } },
  });
}

async function item(node: Node, Key = KEY) {
  return (await node.call('GetItem', { TableName, Key })).Item;
}

test('a counter counts what both nodes add', async () => {
  await using cluster = await twoNodes();
  const [one, other] = cluster.nodes;
  await one.call('CreateTable', SIMPLE);
  await Promise.all(ROUNDS.flatMap(() => [add(one), add(other)]));
  expect(await item(other)).toEqual({ ...KEY, n: N(2 * ROUNDS.length) });
});

test('an item is made once by nodes that make it only where there is none', async () => {
  await using cluster = await twoNodes();
  await cluster.nodes[0].call('CreateTable', SIMPLE);
  for (const round of ROUNDS) {
    const Item = { pk: S('made'), sk: S(String(round)) };
    const ConditionExpression = 'attribute_not_exists(pk)';
    const outcomes = await Promise.allSettled(
      cluster.nodes.map((node, by) =>
        node.call('PutItem', { TableName, Item: { ...Item, by: N(by) }, ConditionExpression }),
      ),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  }
});

test('what a transaction checks still holds when it is committed', async () => {
  await using cluster = await twoNodes();
  const [one, other] = cluster.nodes;
  await one.call('CreateTable', SIMPLE);
  const [open, order] = [S('open'), S('order')];
  for (const round of ROUNDS) {
    const sk = S(String(round));
    await one.call('PutItem', { TableName, Item: { pk: open, sk } });
    // Either the shop is closed before the order comes, or the order is there first.
    const ordering = one.call('TransactWriteItems', {
      TransactItems: [
        {
          ConditionCheck: {
            ...{ TableName, Key: { pk: open, sk } },
            ConditionExpression: 'attribute_exists(pk)',
          },
        },
        { Put: { TableName, Item: { pk: order, sk } } },
      ],
    });
    const closing = other.call('TransactWriteItems', {
      TransactItems: [
        {
          ConditionCheck: {
            ...{ TableName, Key: { pk: order, sk } },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        { Delete: { TableName, Key: { pk: open, sk } } },
      ],
    });
    const outcomes = await Promise.allSettled([ordering, closing]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const isOrdered = (await item(one, { pk: order, sk })) !== undefined;
    const isOpen = (await item(one, { pk: open, sk })) !== undefined;
    expect(isOrdered).toBe(isOpen);
  }
});

test('a reading transaction sees all of a writing one or nothing of it', async () => {
  await using cluster = await twoNodes();
  const [one, other] = cluster.nodes;
  await one.call('CreateTable', SIMPLE);
  const keys = [KEY, { pk: S('b'), sk: S('1') }];
  const transfer = (round: number) =>
    one.call('TransactWriteItems', {
      TransactItems: keys.map((key) => ({ Put: { TableName, Item: { ...key, n: N(round) } } })),
    });
  const look = async () => {
    const TransactItems = keys.map((Key) => ({ Get: { TableName, Key } }));
    const { Responses = [] } = await other.call('TransactGetItems', { TransactItems });
    const [first, second] = Responses.map(({ Item }) => Item?.n);
    expect(first).toEqual(second);
  };
  const writing = (async () => {
    for (const round of ROUNDS) await transfer(round);
  })();
  for (const _ of ROUNDS) await look();
  await writing;
});

test('a transaction that two nodes are told takes place once', async () => {
  await using cluster = await twoNodes();
  const [one, other] = cluster.nodes;
  await one.call('CreateTable', SIMPLE);
  for (const round of ROUNDS) {
    const ClientRequestToken = `token-${round}`;
    const Key = { pk: S('t'), sk: S(String(round)) };
    const TransactItems = [
      {
        Update: {
          ...{ TableName, Key, UpdateExpression: 'ADD #n :one' },
          ExpressionAttributeNames: { '#n': 'n' },
          ExpressionAttributeValues: { ':one': N(1) },
        },
      },
    ];
    const tell = (node: Node) =>
      node.call('TransactWriteItems', { TransactItems, ClientRequestToken });
    await Promise.all([tell(one), tell(other)]);
    expect(await item(one, Key)).toEqual({ ...Key, n: N(1) });
  }
});

test('an index that comes while another node writes lacks nothing', async () => {
  await using cluster = await twoNodes();
  const [one, other] = cluster.nodes;
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = INDEXED;
  const [index] = GlobalSecondaryIndexes;
  if (!index) throw new Error('The table has no index.');
  await one.call('CreateTable', SIMPLE);
  const writing = ROUNDS.map((round) =>
    other.call('PutItem', {
      TableName,
      Item: { pk: S('x'), sk: S(String(round)), owner: S('me'), at: N(round) },
    }),
  );
  await one.call('UpdateTable', {
    TableName,
    AttributeDefinitions,
    GlobalSecondaryIndexUpdates: [{ Create: index }],
  });
  await Promise.all(writing);
  await one.stack.settled();
  const { Items = [] } = await other.call('Query', {
    ...{ TableName, IndexName: index.IndexName, KeyConditionExpression: '#o = :me' },
    ExpressionAttributeNames: { '#o': 'owner' },
    ExpressionAttributeValues: { ':me': S('me') },
  });
  expect(Items).toHaveLength(ROUNDS.length);
});

test('a table that is deleted under a writer leaves nothing behind', async () => {
  await using cluster = await twoNodes();
  const [one, other] = cluster.nodes;
  const { TableDescription } = await one.call('CreateTable', SIMPLE);
  const writing = ROUNDS.map((round) =>
    other.call('PutItem', { TableName, Item: { pk: S('x'), sk: S(String(round)) } }),
  );
  const deleting = one.call('DeleteTable', { TableName });
  const outcomes = await Promise.allSettled([...writing, deleting]);
  await one.stack.settled();
  const id = TableDescription?.TableId ?? '';
  expect(await one.stack.storage.scan('dynamodb/items', id)).toEqual([]);
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') {
      expect(outcome.reason).toMatchObject({ code: 'ResourceNotFoundException' });
    }
  }
});
