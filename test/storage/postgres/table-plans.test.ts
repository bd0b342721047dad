/** Statements on rows look for one key after the other, whatever the planner thinks of them. */
import { describe, expect, test } from 'vitest';
import { rowsOf, tableStatements } from '../../../src/storage/postgres/tables.ts';
import { missing, onPostgres } from './cluster.ts';
import { planner, scans } from './planner.ts';

describe.skipIf(missing)(`plans on ${onPostgres}`, () => {
  test.each(['new', 'emptied', 'full'] as const)(
    'are the right ones for %s rows',
    async (state) => {
      const { schema, plan, close } = await planner(state);
      const { insert: _, revise: __, ...statements } = tableStatements(schema);
      const texts = Object.entries(statements).map(([name, { text }]) => [name, text] as const);
      texts.push(['get', rowsOf(schema.at('item'), 'i.value')]);
      for (const [name, text] of texts) {
        const used = scans(await plan(text)).map((scan) => [
          scan['Index Name'],
          scan['Index Cond'],
        ]);
        expect(used.length, name).toBeGreaterThan(0);
        for (const [index, condition] of used) {
          expect(index, name).toMatch(/^item_\d_pkey$/);
          expect(condition, `${name} by ${index}`).toMatch(/kind.*partition.*head.*digest/);
        }
      }
      await close();
    },
  );
});
