import { describe, expect, it } from 'vitest';
import { groupsFor } from '../../console/src/shell/palette/entries.ts';
import { looksLikeId, ranked, scoreOf } from '../../console/src/shell/palette/rank.ts';
import { node } from './map/fixtures.ts';

const labels = (...names: string[]) => names.map((label) => ({ label }));
const found = (query: string, ...names: string[]) =>
  ranked(labels(...names), query, 9).map(({ label }) => label);

describe('finding', () => {
  it('takes beginnings before word starts, before what is within, before single letters', () => {
    const names = ['o-p-x-a-y', 'repay', 'orders-pay', 'payment'];
    expect(found('pay', ...names)).toEqual(['payment', 'orders-pay', 'repay', 'o-p-x-a-y']);
  });

  it('wants every word, in the name or in what else is known', () => {
    const entry = { label: 'orders', more: 'bus arn:aws:events' };
    expect(scoreOf(entry, 'bus ord')).toBeGreaterThan(0);
    expect(scoreOf(entry, 'queue ord')).toBe(0);
    expect(scoreOf(entry, 'orders')).toBeGreaterThan(scoreOf(entry, 'bus'));
  });

  it('keeps the order where nothing is asked', () => {
    expect(found('', 'b', 'a')).toEqual(['b', 'a']);
  });

  it('knows an id from a word', () => {
    expect(looksLikeId('0d9c1f2e')).toBe(true);
    expect(looksLikeId('shardId-000000000000:4960')).toBe(true);
    expect(looksLikeId('orders')).toBe(false);
    expect(looksLikeId('order 12345')).toBe(false);
  });
});

describe('the palette', () => {
  const known = {
    session: { readOnly: false },
    nodes: [
      node('orders', 'bus'),
      node('orders-pay'),
      node('dead', 'queue', { isDeadLetterQueue: true }),
    ],
    events: [],
  };
  const titles = (query: string) => groupsFor(query, known).map(({ title }) => title);
  const all = (query: string, session = known.session) =>
    groupsFor(query, { ...known, session }).flatMap(({ entries }) => entries);

  it('has views and actions before anything is typed', () => {
    expect(titles('')).toEqual(['Views', 'Actions']);
  });

  it('leads to resources on the map', () => {
    expect(all('orders-pay')[0]?.does).toEqual({
      kind: 'go',
      view: 'map',
      query: { arn: known.nodes[1]?.arn },
    });
    expect(all('dead-letter').find(({ id }) => id.startsWith('resource'))?.label).toBe('dead');
  });

  it('leads to an event by its id', () => {
    const [trace, why] = all('5f0e-11aa');
    expect(trace?.does).toEqual({ kind: 'go', view: 'trace', query: { id: '5f0e-11aa' } });
    expect(why?.does).toEqual({ kind: 'go', view: 'why', query: { id: '5f0e-11aa' } });
  });

  it('lists events that say so after all else, since they come later', () => {
    const event = { id: 'e-1', form: 'event', arn: 'a', atMs: 1, preview: '' } as const;
    const groups = groupsFor('orders', { ...known, events: [event] });
    expect(groups.at(-1)).toMatchObject({ title: 'Events that say so' });
  });

  it('does not send where nothing may be changed', () => {
    expect(all('send').map(({ id }) => id)).toContain('send');
    expect(all('send', { readOnly: true }).map(({ id }) => id)).not.toContain('send');
  });
});
