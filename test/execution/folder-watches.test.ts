import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { anExecution, anInvocation, aSpec } from './an-execution.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-watched-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the invocation after a change runs the new code', async () => {
  await using execution = anExecution();
  const spec = aSpec({}, { key: 'watched', code: { kind: 'folder', path: folder } });
  for (let n = 0; n < 5; n++) {
    writeFileSync(join(folder, 'index.mjs'), `export const handler = async () => ${n};`);
    const { payload } = await execution.invoke(spec, anInvocation());
    expect(payload).toBe(String(n));
  }
});
