import { describe, expect, test } from 'vitest';
import { holds } from '../../src/expressions/conditions.ts';
import { columnsOf, parseStatement, type Select } from '../../src/expressions/partiql.ts';
import { reachOf, targetOf } from '../../src/expressions/partiql-keys.ts';
import { applyUpdate } from '../../src/expressions/updates.ts';
import { inputOf, itemOf, type JsonItem, type JsonValue, refusalOf } from './cases.ts';

function select(text: string, ...parameters: JsonValue[]): Select {
  const statement = parseStatement(text, parameters.map(inputOf));
  if (statement.kind !== 'select') throw new Error('Not a SELECT');
  return statement;
}

describe('answers', () => {
  test('SELECT reads a table or an index, in an order', () => {
    expect(select('SELECT * FROM Orders')).toEqual({ kind: 'select', table: 'Orders', order: [] });
    const of = select(
      `select id, "total" from "my-table"."by-day" where d = 1 order by id desc, n;`,
    );
    expect(of).toMatchObject({ table: 'my-table', index: 'by-day' });
    expect(of.order).toEqual([
      { name: 'id', descending: true },
      { name: 'n', descending: false },
    ]);
  });

  test('SELECT answers parts of items under their last names', () => {
    const { columns = [] } = select(`SELECT id, a.b, a."c.d"[1], a['e'] FROM t`);
    const item = itemOf({
      id: { S: 'x' },
      a: { M: { b: { N: '1' }, 'c.d': { L: [{ N: '2' }, { N: '3' }] } } },
    });
    expect(columnsOf(columns, item)).toEqual(
      itemOf({ id: { S: 'x' }, b: { N: '1' }, 'c.d[1]': { N: '3' } }),
    );
  });

  const ITEM: JsonItem = {
    n: { N: '5' },
    s: { S: "it's" },
    m: { M: { x: { L: [{ BOOL: true }] } } },
    z: { NULL: true },
  };

  test.each<[string, boolean]>([
    [`n = 5.0 AND s = 'it''s'`, true],
    [`"n" != 5 OR n <> 6`, true],
    [`n >= 4 AND NOT n > 5`, true],
    [`n = 5 OR n = 6 AND n = 7`, true],
    [`(n = 5 OR n = 6) AND n = 7`, false],
    [`((n = -5)) OR n = +5`, true],
    [`n BETWEEN 1 AND 5 AND n IN [4, 5]`, true],
    [`n NOT IN (4, 5)`, false],
    [`m.x[0] = TRUE`, true],
    [`m = {'x': [true]}`, true],
    [`z IS NULL AND n IS NOT NULL`, true],
    [`missing_ IS MISSING AND n IS NOT MISSING`, true],
    [`n IS NUMERIC AND s IS STRING AND m IS STRUCT`, true],
    [`begins_with(s, 'it') AND CONTAINS("s", '''')`, true],
    [`attribute_type(m, 'M') AND size(s) = 4`, true],
    [`n = 5 -- a remark`, true],
  ])('WHERE %s is %s', (where, answer) => {
    const { condition } = select(`SELECT * FROM t WHERE ${where}`);
    expect(condition && holds(condition, itemOf(ITEM))).toBe(answer);
  });

  test('parameters stand in the order of their question marks', () => {
    const { condition } = select(
      'SELECT * FROM t WHERE s = ? AND n IN [?, ?]',
      ...[{ S: "it's" }, { N: '4' }, { N: '5' }],
    );
    expect(condition && holds(condition, itemOf(ITEM))).toBe(true);
  });

  test('INSERT makes an item of literals and parameters', () => {
    const text = `INSERT INTO "t" VALUE {'s': 'x', 'n': -1.50, 'l': [1, 'y', <<'b', 'a'>>],
      'm': {'t': TRUE, 'f': false, '__proto__': null}, 'ns': <<1, 2e1>>, 'p': ?, 'e': {}}`;
    expect(parseStatement(text, [{ B: Uint8Array.from([1]) }])).toEqual({
      kind: 'insert',
      table: 't',
      item: itemOf(
        JSON.parse(`{"s": {"S": "x"}, "n": {"N": "-1.5"},
          "l": {"L": [{"N": "1"}, {"S": "y"}, {"SS": ["b", "a"]}]},
          "m": {"M": {"t": {"BOOL": true}, "f": {"BOOL": false}, "__proto__": {"NULL": true}}},
          "ns": {"NS": ["1", "20"]}, "p": {"B": "AQ=="}, "e": {"M": {}}}`),
      ),
    });
  });

  test('UPDATE sets and removes what update expressions do', () => {
    const statement = parseStatement(
      `UPDATE TypesTable SET n = n + 100 SET m.e = [2020, 'x'], l = LIST_APPEND(l, [4, ?])
       SET ns = SET_ADD(ns, <<345, 48.4>>) SET m."ss" = set_delete(m.ss, <<'a'>>)
       SET d = if_not_exists(d, 7) - 1 REMOVE r, q[0]
       WHERE pk = '1' RETURNING MODIFIED NEW *`,
      [{ S: 'p' }],
    );
    if (statement.kind !== 'update') throw new Error('Not an UPDATE');
    expect(statement).toMatchObject({ table: 'TypesTable', returning: 'UPDATED_NEW' });
    const before = itemOf({
      n: { N: '1' },
      m: { M: { ss: { SS: ['a', 'b'] } } },
      l: { L: [] },
      ns: { NS: ['345', '1'] },
      r: { NULL: true },
      q: { L: [{ N: '1' }] },
    });
    expect(applyUpdate(statement.update, before).item).toEqual(
      itemOf({
        n: { N: '101' },
        m: { M: { ss: { SS: ['b'] }, e: { L: [{ N: '2020' }, { S: 'x' }] } } },
        l: { L: [{ N: '4' }, { S: 'p' }] },
        ns: { NS: ['345', '1', '48.4'] },
        d: { N: '6' },
        q: { L: [] },
      }),
    );
  });

  test('DELETE and EXISTS name their items', () => {
    const remove = parseStatement(`DELETE FROM t WHERE pk = 1 RETURNING ALL OLD *`);
    expect(remove).toMatchObject({ kind: 'delete', table: 't', returning: 'ALL_OLD' });
    const exists = parseStatement(`EXISTS(SELECT * FROM t WHERE pk = 1 AND x = 2)`);
    expect(exists).toMatchObject({ kind: 'exists', select: { table: 't' } });
  });
});

const SCHEMA = { hash: { name: 'pk', type: 'S' }, range: { name: 'sk', type: 'N' } } as const;

describe('keys', () => {
  const reach = (where: string) => {
    const { hash, range, filter } = reachOf(
      select(`SELECT * FROM t WHERE ${where}`).condition,
      SCHEMA,
    );
    return {
      hash: hash?.map((value) => Object.values(value)[0]),
      range,
      filtered: Boolean(filter),
    };
  };

  test.each([
    [`x = 1`, { filtered: true }],
    [`pk = 'a'`, { hash: ['a'], filtered: false }],
    [`'a' = pk AND x = 1`, { hash: ['a'], filtered: true }],
    [`pk IN ['a', 'b']`, { hash: ['a', 'b'], filtered: false }],
    [`pk = 'a' OR pk = 'b'`, { filtered: true }],
    [`pk > 'a'`, { filtered: true }],
    [
      `pk = 'a' AND sk > 1`,
      { hash: ['a'], range: { operator: '>', values: [{ N: '1' }] }, filtered: false },
    ],
    [
      `(pk = 'a' AND (x = 1 AND 5 >= sk)) AND sk > 1`,
      { hash: ['a'], range: { operator: '<=', values: [{ N: '5' }] }, filtered: true },
    ],
    [
      `pk = 'a' AND sk BETWEEN 1 AND 2`,
      {
        hash: ['a'],
        range: { operator: 'between', values: [{ N: '1' }, { N: '2' }] },
        filtered: false,
      },
    ],
  ])('%s reaches %j', (where, expected) => {
    expect(reach(where)).toEqual(expected);
  });

  test('nothing asked for is a scan', () => {
    expect(reachOf(undefined, SCHEMA)).toEqual({});
  });

  const target = (where: string) => {
    const { condition } = select(`SELECT * FROM t WHERE ${where}`);
    if (condition === undefined) throw new Error('There is a WHERE');
    return targetOf(condition, SCHEMA);
  };

  test('a change has the whole key, and a condition of the rest', () => {
    const key = { pk: { S: 'a' }, sk: { N: '1' } };
    expect(target(`pk = 'a' AND sk = 1`)).toEqual({ key });
    expect(target(`x = 2 AND pk = 'a' AND sk = 1`)).toMatchObject({
      key,
      condition: { kind: 'compare' },
    });
  });

  test.each([
    [`pk = 'a'`, 'Where clause does not contain a mandatory equality on all key attributes'],
    [
      `pk = 'a' AND sk > 1`,
      'Where clause does not contain a mandatory equality on all key attributes',
    ],
    [
      `pk = 'a' AND pk = 'b' AND sk = 1`,
      'Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported',
    ],
    [
      `pk = 'a' AND sk = '1'`,
      "Key attribute's data type should match its data type in table's schema: Key sk",
    ],
  ])('a change is refused where %s', (where, refusal) => {
    expect(refusalOf(() => target(where))).toBe(refusal);
  });
});

describe('refusals', () => {
  const MALFORMED = "Statement wasn't well formed, can't be processed:";

  test.each([
    ['', `${MALFORMED} Expected data manipulation`],
    ['NOT A STATEMENT', `${MALFORMED} Expected data manipulation`],
    ['UPDATE t WHERE a = 1', `${MALFORMED} Expected data manipulation`],
    ['SELECT FROM t', `${MALFORMED} Unexpected keyword`],
    ['SELECT * FROM t LIMIT 5', `${MALFORMED} Unexpected token after expression`],
    ['SELECT * FROM t WHERE (a = 1', `${MALFORMED} Expected RIGHT_PAREN`],
    ['SELECT * FROM t WHERE a = ', `${MALFORMED} Unexpected term`],
    [`INSERT INTO t (a) VALUES (1)`, `${MALFORMED} Unexpected keyword`],
    [
      'SELECT * FROM t WHERE a',
      'WHERE clause must contain an expression that resolves to a boolean',
    ],
    [
      'SELECT *, a FROM t',
      "Other attributes should not be present in the projection when '*' is used.",
    ],
    ['SELECT a AS b FROM t', 'Aliasing is not supported'],
    ['SELECT a.x, b.x FROM t', 'Duplicate identifiers in select clause: x'],
    [
      'SELECT * FROM t ORDER BY a',
      'Must have WHERE clause in the statement when using ORDER BY clause.',
    ],
    ['SELECT * FROM t WHERE foo(a)', 'Unrecognized function: foo'],
    [
      'SELECT * FROM t WHERE a < TRUE',
      'Incorrect operand type for operator or function; ' +
        'operator or function: <, operand type: BOOL',
    ],
    [
      'SELECT * FROM t WHERE a IN []',
      'IN operator must have a left hand argument of type Variable Reference and right hand ' +
        'argument of type Seq with at least one member',
    ],
    ['SELECT * FROM t WHERE a = ?', "Number of parameters in request and statement don't match."],
    ['INSERT INTO t VALUE 5', expect.stringContaining('Please use struct format {...}')],
    [`INSERT INTO t VALUE {'a': <<>>}`, 'Empty bags are not supported'],
    [
      `INSERT INTO t VALUE {'a': <<1, 'x'>>}`,
      'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags',
    ],
    [`INSERT INTO t VALUE {'a': 1, 'a': 2}`, 'Duplicate keys in tuple. Key: a'],
    [`INSERT INTO t VALUE {'a': 1} RETURNING ALL OLD *`, 'RETURNING is not supported in INSERT'],
    [
      'UPDATE t SET a = SET_ADD(b, <<1>>) WHERE pk = 1',
      'The first argument to SET_ADD must equal the assignment value',
    ],
    [
      'UPDATE t SET a = SET_DELETE(a, 1) WHERE pk = 1',
      'The second argument to SET_DELETE must be a value with type SET',
    ],
    [
      'UPDATE t SET a = 1 SET a.b = 2 WHERE pk = 1',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; ' +
        'path one: [a], path two: [a, b]',
    ],
    [
      'UPDATE t SET a = 1',
      'Where clause does not contain a mandatory equality on all key attributes',
    ],
    ['UPDATE t.i SET a = 1 WHERE pk = 1', 'This operation is not supported on an index'],
    [
      'UPDATE t SET a = 1 WHERE pk = 1 RETURNING ALL OLD',
      "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
    ],
    [
      'DELETE FROM t WHERE pk = 1 RETURNING MODIFIED NEW *',
      'Invalid returning clause: RETURNING MODIFIED NEW *. ' +
        'Only RETURNING ALL OLD * is allowed in DELETE statements.',
    ],
  ])('%s', (text, refusal) => {
    expect(refusalOf(() => parseStatement(text))).toEqual(refusal);
  });

  test('parameters that no question mark takes', () => {
    expect(refusalOf(() => parseStatement('SELECT * FROM t', [{ S: 'x' }]))).toBe(
      "Number of parameters in request and statement don't match.",
    );
  });
});

describe('limits', () => {
  test('parentheses and literals thousands deep are refused, not run out of stack on', () => {
    for (const [open, value] of [
      ['(', 'a = 1'],
      ['[', '1'],
    ] as const) {
      const text = `SELECT * FROM t WHERE ${open.repeat(4_000)}${value}`;
      expect(refusalOf(() => parseStatement(text))).toMatch(/^Statement wasn't well formed/);
    }
  });
});
