/** Clients of tables: single items, lists that transactions append to, and items counted up. */
import type { Outcome } from '../history.ts';
import { notePublish } from './publish-work.ts';
import { ask, explain, newText, oneOf, type Scene, spanOf, type Work } from './scene.ts';

export const ITEMS = 'items';
export const LISTS = 'lists';
export const COUNTED = 'counted';

interface Got {
  readonly Item?: Readonly<Record<string, { readonly S?: string; readonly N?: string }>>;
}

const keyFor = (id: string) => ({ id: { S: id } });

/** Reads, writes and swaps the value of two items: who swaps has just read. */
export const workOnItems: Work = async (scene) => {
  const item = oneOf(scene.ids, ['i0', 'i1']);
  const luck = scene.ids.random();
  if (luck < 0.2) return put(scene, item);
  const found = await get(scene, item);
  if (luck > 0.4 && found) await swap(scene, item, found.value, newText(scene).key);
};

async function put(scene: Scene, item: string): Promise<void> {
  const { key: value } = newText(scene);
  const Item = { ...keyFor(item), value: { S: value } };
  const reply = await ask(scene, 'dynamodb', 'PutItem', { TableName: ITEMS, Item });
  explain(scene, 'PutItem', reply);
  scene.entries.push({ op: 'item', item, kind: 'put', value, ...spanOf(reply) });
}

/** What was found, if there was an answer. */
async function get(
  scene: Scene,
  item: string,
): Promise<{ readonly value: string | undefined } | undefined> {
  const input = { TableName: ITEMS, Key: keyFor(item), ConsistentRead: true };
  const reply = await ask(scene, 'dynamodb', 'GetItem', input);
  explain(scene, 'GetItem', reply);
  const value = (reply.answer as Got).Item?.value?.S;
  const found = value === undefined ? {} : { value };
  scene.entries.push({ op: 'item', item, kind: 'get', ...found, ...spanOf(reply) });
  return reply.outcome === 'ok' ? { value } : undefined;
}

async function swap(
  scene: Scene,
  item: string,
  expects: string | undefined,
  value: string,
): Promise<void> {
  const reply = await ask(scene, 'dynamodb', 'UpdateItem', {
    ...{ TableName: ITEMS, Key: keyFor(item), UpdateExpression: 'SET #v = :new' },
    ConditionExpression: expects === undefined ? 'attribute_not_exists(id)' : '#v = :old',
    ExpressionAttributeNames: { '#v': 'value' },
    ExpressionAttributeValues: {
      ':new': { S: value },
      ...(expects !== undefined && { ':old': { S: expects } }),
    },
  });
  const FAILED = 'ConditionalCheckFailedException';
  explain(scene, 'UpdateItem', reply, [FAILED]);
  // Refused for another reason, it says nothing about the item.
  if (reply.outcome === 'refused' && reply.code !== FAILED) return;
  const expected = expects === undefined ? {} : { expects };
  scene.entries.push({ op: 'item', item, kind: 'swap', value, ...expected, ...spanOf(reply) });
}

const LIST_NAMES = ['x', 'y', 'z'];

/** Reads some lists at one moment, or appends to some, in transactions and one by one. */
export const workOnLists: Work = async (scene) => {
  const first = oneOf(scene.ids, LIST_NAMES);
  const names = LIST_NAMES.filter((name) => name === first || scene.ids.random() < 0.6);
  const id = `t${scene.keys++}`;
  const luck = scene.ids.random();
  if (luck < 0.4) return appendToAll(scene, id, names);
  if (luck < 0.5) return appendToOne(scene, id, first);
  if (luck < 0.9) return readLists(scene, id, names);
  return readOne(scene, id, first);
};

function appending(list: string, element: string) {
  return {
    ...{ TableName: LISTS, Key: keyFor(list) },
    UpdateExpression: 'SET #l = list_append(if_not_exists(#l, :none), :one)',
    ExpressionAttributeNames: { '#l': 'list' },
    ExpressionAttributeValues: { ':none': { L: [] }, ':one': { L: [{ S: element }] } },
  };
}

/** What got no answer is told again under its token, and takes place once. */
async function appendToAll(scene: Scene, id: string, names: readonly string[]): Promise<void> {
  const appends = Object.fromEntries(names.map((name) => [name, `${id}${name}`]));
  const TransactItems = names.map((name) => ({ Update: appending(name, `${id}${name}`) }));
  const input = { TransactItems, ClientRequestToken: id };
  const invokedAtMs = scene.world.moment();
  let outcome: Outcome = 'refused';
  for (let times = 0; times < 3 && outcome !== 'ok'; times++) {
    const reply = await ask(scene, 'dynamodb', 'TransactWriteItems', input);
    explain(scene, 'TransactWriteItems', reply, ['TransactionInProgressException']);
    if (reply.outcome !== 'refused') outcome = reply.outcome;
    else if (outcome === 'refused') break;
  }
  const span = { invokedAtMs, returnedAtMs: scene.world.moment(), outcome };
  scene.entries.push({ op: 'transaction', id, reads: {}, appends, ...span });
}

async function appendToOne(scene: Scene, id: string, name: string): Promise<void> {
  const appends = { [name]: `${id}${name}` };
  const reply = await ask(scene, 'dynamodb', 'UpdateItem', appending(name, `${id}${name}`));
  explain(scene, 'UpdateItem', reply);
  scene.entries.push({ op: 'transaction', id, reads: {}, appends, ...spanOf(reply) });
}

interface ListItem {
  readonly list?: { readonly L: readonly { readonly S: string }[] };
}

const elementsOf = (item: ListItem | undefined) => item?.list?.L.map(({ S }) => S) ?? [];

export async function readLists(
  scene: Scene,
  id: string,
  names: readonly string[] = LIST_NAMES,
): Promise<void> {
  const TransactItems = names.map((name) => ({ Get: { TableName: LISTS, Key: keyFor(name) } }));
  const reply = await ask(scene, 'dynamodb', 'TransactGetItems', { TransactItems });
  explain(scene, 'TransactGetItems', reply);
  if (reply.outcome !== 'ok') return;
  const { Responses } = reply.answer as { readonly Responses: { readonly Item?: ListItem }[] };
  const reads = Object.fromEntries(
    names.map((name, place) => [name, elementsOf(Responses[place]?.Item)]),
  );
  scene.entries.push({ op: 'transaction', id, reads, appends: {}, ...spanOf(reply) });
}

async function readOne(scene: Scene, id: string, name: string): Promise<void> {
  const input = { TableName: LISTS, Key: keyFor(name), ConsistentRead: true };
  const reply = await ask(scene, 'dynamodb', 'GetItem', input);
  explain(scene, 'GetItem', reply);
  if (reply.outcome !== 'ok') return;
  const { Item } = reply.answer as { readonly Item?: ListItem };
  const reads = { [name]: elementsOf(Item) };
  scene.entries.push({ op: 'transaction', id, reads, appends: {}, ...spanOf(reply) });
}

/** Counts items of its own up, each time on the condition that the count is what it was. */
export function countUp(): Work {
  const known = new Map<string, number>();
  return async (scene, index) => {
    const item = `c${index}-${Math.floor(scene.ids.random() * 2)}`;
    for (let outcome = 'unknown'; outcome === 'unknown' && !scene.ended; ) {
      const count = known.get(item) ?? (await countOf(scene, item));
      if (count === undefined) {
        await scene.world.pause(500);
        continue;
      }
      const what = newText(scene);
      const reply = await ask(scene, 'dynamodb', 'UpdateItem', counting(item, count, what.text));
      explain(scene, 'UpdateItem', reply, ['ConditionalCheckFailedException']);
      notePublish(scene, what, { expects: ['changes.fifo'], group: item }, reply);
      ({ outcome } = reply);
      if (outcome === 'ok') known.set(item, count + 1);
      else known.delete(item);
    }
  };
}

function counting(item: string, count: number, text: string): object {
  return {
    ...{ TableName: COUNTED, Key: keyFor(item) },
    UpdateExpression: 'SET #count = :next, #text = :text',
    ConditionExpression: count === 0 ? 'attribute_not_exists(id)' : '#count = :count',
    ExpressionAttributeNames: { '#count': 'count', '#text': 'text' },
    ExpressionAttributeValues: {
      ...{ ':next': { N: String(count + 1) }, ':text': { S: text } },
      ...(count > 0 && { ':count': { N: String(count) } }),
    },
  };
}

async function countOf(scene: Scene, item: string): Promise<number | undefined> {
  const asked = { TableName: COUNTED, Key: keyFor(item), ConsistentRead: true };
  const reply = await ask(scene, 'dynamodb', 'GetItem', asked);
  if (reply.outcome !== 'ok') return undefined;
  const { Item } = reply.answer as Got;
  return Item ? Number(Item.count?.N) : 0;
}
