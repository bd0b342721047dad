/**
 * A table's items as a file of JSON lines, for fixtures and to look at:
 * `/_millrace/v1/dynamodb/tables/<name>`, with `account` and `region` in the query. The lines are
 * those of AWS's own exports: `{"Item":{"pk":{"S":"a"}}}`.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
 *
 * GET gives out the items; what is more than a few MB comes in parts: the header `millrace-next`
 * then holds the `from` to go on with. POST puts the items of its body, once every line has been
 * looked at, each as PutItem would: indexes and streams learn of them.
 */
import { AwsError } from '../../core/errors.ts';
import { said } from '../../core/json-answer.ts';
import type { Stack } from '../../delivery/stack.ts';
import type { Item } from '../../expressions/attribute-values.ts';
import type { Stored } from '../../storage/collection.ts';
import type { Route, RouteAnswer, RouteRequest } from '../service.ts';
import { checkIndexKeys } from './index-entries.ts';
import { jsonOfRow } from './item-text.ts';
import { itemOfLine } from './json-items.ts';
import { checkItemKey, keyText } from './keys.ts';
import { tableAt } from './lookup.ts';
import { ITEMS, type TableRecord } from './store.ts';
import { writeItem } from './write-item.ts';

export const TABLE_FILES = '/_millrace/v1/dynamodb/tables/';

/** One part, give or take an item. Well below the largest body that POST takes. */
const PART_CHARS = 4 * 1024 * 1024;
const PAGE = 100;

export const tableFile: Route = async (stack, request) => {
  const address = {
    name: request.path.slice(TABLE_FILES.length),
    account: request.query.get('account') ?? stack.settings.account,
    region: request.query.get('region') ?? stack.settings.region,
  };
  const table = await tableAt(stack, address);
  if (!table) return said(404, `Table ${address.name} does not exist.`);
  if (request.method === 'GET') return part(stack, table.value, request);
  if (request.method === 'POST') return add(stack, table, request);
  return said(405, `${request.path} takes GET and POST, not ${request.method}.`);
};

async function part(
  stack: Stack,
  { id }: TableRecord,
  { query }: RouteRequest,
): Promise<RouteAnswer> {
  const from = query.get('from');
  let after = from === null ? undefined : Buffer.from(from, 'base64url').toString();
  for (let body = ''; ; ) {
    const more = after !== undefined && { after };
    const rows = await stack.storage.scan(ITEMS, id, { limit: PAGE, ...more });
    for (const { key, value } of rows) {
      if (body.length >= PART_CHARS) {
        return file(body, { 'millrace-next': Buffer.from(after ?? '').toString('base64url') });
      }
      body += `{"Item":${jsonOfRow(value)}}\n`;
      after = key;
    }
    if (rows.length < PAGE) return file(body);
  }
}

function file(body: string, more: Readonly<Record<string, string>> = {}): RouteAnswer {
  return { status: 200, headers: { 'content-type': 'application/x-ndjson', ...more }, body };
}

async function add(
  stack: Stack,
  table: Stored<TableRecord>,
  { body }: RouteRequest,
): Promise<RouteAnswer> {
  const lines = new TextDecoder().decode(body).split('\n');
  const items: Item[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const item = itemOfLine(line);
    const wrong = item ? wrongWith(table.value, item) : 'it holds none';
    if (!item || wrong !== undefined) {
      return said(400, `Line ${index + 1} holds no item of this table: ${wrong}`);
    }
    items.push(item);
  }
  // A page at a time, so that others get their turn; items of one key in the order of the file.
  for (let at = 0; at < items.length; at += PAGE) {
    await Promise.all(items.slice(at, at + PAGE).map((item) => putItem(stack, table, item)));
  }
  return { status: 204, headers: {}, body: '' };
}

function wrongWith(table: TableRecord, item: Item): string | undefined {
  try {
    checkItemKey(table.key, item);
    checkIndexKeys(table, item, 'item');
    return undefined;
  } catch (cause) {
    if (cause instanceof AwsError) return cause.message;
    throw cause;
  }
}

async function putItem(stack: Stack, table: Stored<TableRecord>, item: Item): Promise<void> {
  const key = keyText(table.value.key, item);
  await writeItem({ stack, causes: [], unmetered: true }, table, {
    key,
    by: 'item',
    decide: () => item,
  });
}
