import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  changed,
  flag,
  moment,
  oneOf,
  printed,
  read,
  text,
  texts,
} from '../../console/src/state/query.ts';

describe('a view state in the query string', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 })), fc.boolean(), fc.nat(), (list, on, at) => {
        const search = changed('', {
          list: printed(list, texts),
          on: printed(on, flag()),
          at: printed(at, moment),
        });
        expect(read(search, 'list', texts)).toEqual(list);
        expect(read(search, 'on', flag())).toBe(on);
        expect(read(search, 'at', moment)).toBe(at);
      }),
    );
  });

  test('leaves out what is as it is without', () => {
    const side = oneOf(['down', 'up'], 'down');
    expect(printed('down', side)).toBeUndefined();
    expect(printed('up', side)).toBe('up');
    expect(printed(true, flag(true))).toBeUndefined();
    expect(printed(undefined, moment)).toBeUndefined();
    expect(changed('a=1&b=2', { a: undefined, b: '' })).toBe('');
  });

  test('takes what does not parse for absent', () => {
    expect(read('side=left', 'side', oneOf(['down', 'up'], 'down'))).toBe('down');
    expect(read('at=yesterday', 'at', moment)).toBeUndefined();
    expect(read('at=-1', 'at', moment)).toBeUndefined();
    expect(read('on=true', 'on', flag(true))).toBe(true);
    expect(read('', 'q', text('all'))).toBe('all');
  });

  test('changes its own members and keeps the others', () => {
    expect(changed('account=1&q=x', { q: 'y z', at: 5 })).toBe('account=1&q=y+z&at=5');
  });
});
