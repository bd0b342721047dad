import { describe, expect, test } from 'vitest';
import { type Suite, startSuite } from '../../sdk/suite.ts';
import { put } from './receivers.ts';

const BUS = 'arn:aws:events:us-east-1:000000000000:event-bus/default';

async function withArchive(): Promise<{ readonly aws: Suite; readonly url: string }> {
  const aws = await startSuite();
  await aws.call('events', 'CreateArchive', { ArchiveName: 'a', EventSourceArn: BUS });
  return { aws, url: `${aws.endpoint}/_millrace/v1/events/archives/a` };
}

/** Every part of the archive, and how many there were. */
async function download(url: string): Promise<{ lines: readonly string[]; parts: number }> {
  const lines: string[] = [];
  for (let parts = 1, from = '1'; ; parts += 1) {
    const answer = await fetch(`${url}?from=${from}`);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    lines.push(...(await answer.text()).split('\n').slice(0, -1));
    const next = answer.headers.get('millrace-next');
    if (next === null) return { lines, parts };
    from = next;
  }
}

const upload = (url: string, body: string) => fetch(url, { method: 'POST', body });

async function count(aws: Suite): Promise<number | undefined> {
  return (await aws.call('events', 'DescribeArchive', { ArchiveName: 'a' })).EventCount;
}

describe('answers', () => {
  test('events come as they were archived, with every digit', async () => {
    const { aws, url } = await withArchive();
    await using _ = aws;
    const id = await put(aws, '{"amount":1.0,"big":9223372036854775807}');
    const { lines } = await download(url);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`"id":"${id}"`);
    expect(lines[0]).toContain('"detail":{"amount":1.0,"big":9223372036854775807}');
  });

  test('a large archive comes in parts', async () => {
    const { aws, url } = await withArchive();
    await using _ = aws;
    const padding = 'x'.repeat(900_000);
    for (let index = 0; index < 7; index += 1) await put(aws, { index, padding });
    const { lines, parts } = await download(url);
    expect(lines.map((line) => JSON.parse(line).detail.index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(parts).toBe(2);
  });

  test('what is added is counted and given out again', async () => {
    const { aws, url } = await withArchive();
    await using _ = aws;
    await put(aws, { first: true });
    const [line = ''] = (await download(url)).lines;
    expect((await upload(url, `${line}\n\n${line}`)).status).toBe(204);
    expect(await count(aws)).toBe(3);
    expect((await download(url)).lines).toEqual([line, line, line]);
  });
});

describe('refusals', () => {
  test('an archive that does not exist, and other methods', async () => {
    const { aws, url } = await withArchive();
    await using _ = aws;
    expect((await fetch(`${url}bc`)).status).toBe(404);
    expect((await fetch(`${url}?account=111111111111`)).status).toBe(404);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}?from=x`)).status).toBe(400);
  });

  test('with one bad line nothing is added', async () => {
    const { aws, url } = await withArchive();
    await using _ = aws;
    await put(aws, { good: true });
    const [line = ''] = (await download(url)).lines;
    const noTime = line.replace(/"time":"[^"]*"/, '"time":"soon"');
    const noDetail = line.replace(/"detail":\{.*\}\}$/, '"detail":[]}');
    for (const bad of ['{}', 'no JSON', '[]', noTime, noDetail]) {
      const answer = await upload(url, `${line}\n${bad}\n`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toEqual({ message: 'Line 2 holds no event.' });
    }
    expect(await count(aws)).toBe(1);
  });
});
