import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { get, INDEXED, N, put, S, withTable } from './a-table.ts';

const urlOf = (aws: Suite) => `${aws.endpoint}/_millrace/v1/dynamodb/tables/orders`;
const upload = (url: string, body: string) => fetch(url, { method: 'POST', body });

/** Every line of the table, and how many parts they came in. */
async function download(url: string): Promise<{ lines: readonly string[]; parts: number }> {
  const lines: string[] = [];
  for (let parts = 1, from = ''; ; parts += 1) {
    const answer = await fetch(`${url}${from}`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    lines.push(...(await answer.text()).split('\n').slice(0, -1));
    const next = answer.headers.get('millrace-next');
    if (next === null) return { lines, parts };
    from = `?from=${next}`;
  }
}

describe('answers', () => {
  test('what one table gives out, another takes in', async () => {
    await using aws = await withTable(INDEXED);
    const item = {
      ...{ pk: S('a'), sk: S('1'), at: N(1), owner: S('o') },
      ...{ bytes: { B: new Uint8Array([0, 255]) }, set: { NS: ['1', '2'] } },
      deep: { M: { list: { L: [{ NULL: true }, { BOOL: false }] } } },
    };
    await put(aws, item);
    const { lines } = await download(urlOf(aws));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '').Item.bytes).toEqual({ B: 'AP8=' });
    await using other = await withTable(INDEXED);
    expect((await upload(urlOf(other), `${lines.join('\n')}\n`)).status).toBe(204);
    expect(await get(other, 'a', '1')).toEqual(item);
    const byOwner = { TableName: 'orders', IndexName: 'byOwner' };
    expect((await other.call('dynamodb', 'Scan', byOwner)).Count).toBe(1);
  });

  test('a large table comes in parts', async () => {
    await using aws = await withTable();
    const text = S('x'.repeat(390_000));
    for (let at = 0; at < 14; at += 1) await put(aws, { pk: S('a'), sk: S(String(at)), text });
    const { lines, parts } = await download(urlOf(aws));
    expect(new Set(lines.map((line) => JSON.parse(line).Item.sk.S)).size).toBe(14);
    expect(parts).toBe(2);
  });
});

describe('refusals', () => {
  test.each([
    'no json',
    '{"pk":{"S":"a"},"sk":{"S":"1"}}',
    '{"Item":{"pk":"a","sk":"1"}}',
    '{"Item":{"pk":{"S":"a"}}}',
    '{"Item":{"pk":{"S":"a"},"sk":{"S":"1"},"set":{"SS":[]}}}',
  ])('a line that holds no item, and then none is put: %s', async (line) => {
    await using aws = await withTable();
    const good = '{"Item":{"pk":{"S":"a"},"sk":{"S":"0"}}}';
    const answer = await upload(urlOf(aws), `${good}\n${line}`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('Line 2 holds no item of this table');
    expect(await get(aws, 'a', '0')).toBeUndefined();
  });

  test('a table that is not there, and methods that are not', async () => {
    await using aws = await withTable();
    expect((await fetch(`${urlOf(aws)}s`)).status).toBe(404);
    expect((await fetch(urlOf(aws), { method: 'PUT', body: '' })).status).toBe(405);
  });
});
