import { describe, expect, test } from 'vitest';
import type { Suite } from '../../sdk/suite.ts';
import { INDEXED, S, withTable } from './a-table.ts';

const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/orders';
const FRIEND = '111111111111';

function policy(actions: readonly string[], resource = ResourceArn): string {
  const Statement = [
    {
      ...{ Sid: 'friends', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${FRIEND}:root` } },
      ...{ Action: actions.map((action) => `dynamodb:${action}`), Resource: resource },
    },
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

const allow = (aws: Suite, ...actions: readonly string[]) =>
  aws.call('dynamodb', 'PutResourcePolicy', { ResourceArn, Policy: policy(actions) });

const Item = { pk: S('a'), sk: S('1') };
const put = { TableName: ResourceArn, Item };

describe('answers', () => {
  test('a policy is kept, told of and taken away', async () => {
    await using aws = await withTable();
    const { RevisionId } = await allow(aws, 'PutItem');
    expect(await aws.call('dynamodb', 'GetResourcePolicy', { ResourceArn })).toEqual({
      ...{ Policy: policy(['PutItem']), RevisionId },
    });
    const removal = await aws.call('dynamodb', 'DeleteResourcePolicy', { ResourceArn });
    expect(removal).toEqual({ RevisionId });
    expect(await aws.call('dynamodb', 'DeleteResourcePolicy', { ResourceArn })).toEqual({});
  });

  test('another account may do what the policy allows, by the ARN of the table', async () => {
    await using aws = await withTable({ ResourcePolicy: policy(['PutItem', 'PartiQLSelect']) });
    const friend = aws.as({ account: FRIEND });
    await friend.call('dynamodb', 'PutItem', put);
    await friend.call('dynamodb', 'TransactWriteItems', { TransactItems: [{ Put: put }] });
    const Statement = `SELECT * FROM "${ResourceArn}"`;
    expect((await friend.call('dynamodb', 'ExecuteStatement', { Statement })).Items).toEqual([
      Item,
    ]);
    const { code, message } = await friend.fails('dynamodb', 'Scan', { TableName: ResourceArn });
    expect(code).toBe('AccessDeniedException');
    expect(message).toContain(`is not authorized to perform: dynamodb:Scan on resource`);
  });

  test('an index is a resource of its own', async () => {
    await using aws = await withTable(INDEXED);
    const scan = { TableName: ResourceArn, IndexName: 'byOwner' };
    await allow(aws, 'Scan');
    const friend = aws.as({ account: FRIEND });
    expect((await friend.fails('dynamodb', 'Scan', scan)).message).toContain('/index/byOwner');
    const Policy = policy(['Scan'], `${ResourceArn}/index/*`);
    await aws.call('dynamodb', 'PutResourcePolicy', { ResourceArn, Policy });
    expect((await friend.call('dynamodb', 'Scan', scan)).Count).toBe(0);
  });
});

describe('refusals', () => {
  test('other accounts, as long as no policy lets them in', async () => {
    await using aws = await withTable();
    const friend = aws.as({ account: FRIEND });
    expect((await friend.fails('dynamodb', 'PutItem', put)).code).toBe('AccessDeniedException');
    const none = { ...put, TableName: `${ResourceArn}s` };
    expect((await friend.fails('dynamodb', 'PutItem', none)).code).toBe('AccessDeniedException');
  });

  test('a policy that is none, or not the one expected', async () => {
    await using aws = await withTable();
    const none = { ResourceArn, Policy: '{"Statement":' };
    expect((await aws.fails('dynamodb', 'PutResourcePolicy', none)).code).toBe(
      'ValidationException',
    );
    const first = { ResourceArn, Policy: policy(['Scan']), ExpectedRevisionId: 'NO_POLICY' };
    await aws.call('dynamodb', 'PutResourcePolicy', first);
    expect((await aws.fails('dynamodb', 'PutResourcePolicy', first)).code).toBe(
      'PolicyNotFoundException',
    );
  });

  test('a table without one', async () => {
    await using aws = await withTable();
    expect((await aws.fails('dynamodb', 'GetResourcePolicy', { ResourceArn })).code).toBe(
      'PolicyNotFoundException',
    );
  });
});
