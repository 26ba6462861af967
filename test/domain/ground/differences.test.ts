import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { differences, isTouched } from '../../../core/domain/ground/differences.ts';

describe('where two states differ', () => {
  test('is told by attribute with its new value, undefined for what is gone', () => {
    const before = { same: [1], changed: 'a', gone: true };
    const after = { same: [1], changed: 'b', added: null };
    expect(differences(before, after, [])).toEqual([
      [['changed'], 'b'],
      [['gone'], undefined],
      [['added'], null],
    ]);
  });

  test('is told by entry of those attributes alone that are changed so', () => {
    const before = { roles: { a: 1, b: 2 }, metadata: { a: 1, b: 2 } };
    const after = { roles: { a: 1, b: 3, c: 4 }, metadata: { a: 1, b: 3 } };
    expect(differences(before, after, ['roles'])).toEqual([
      [['roles', 'b'], 3],
      [['roles', 'c'], 4],
      [['metadata'], { a: 1, b: 3 }],
    ]);
    expect(differences({}, { roles: { a: 1 } }, ['roles'])).toEqual([[['roles', 'a'], 1]]);
    expect(differences({ roles: { a: { roles: 1 } } }, { roles: { a: { roles: 2 } } }, ['roles'])).toEqual([
      [['roles', 'a'], { roles: 2 }],
    ]);
  });

  test('is by value: neither another order of names nor an undefined one is a difference', () => {
    expect(differences({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, [])).toEqual([]);
    expect(differences({ a: undefined }, {}, [])).toEqual([]);
    expect(differences({ a: null }, {}, [])).toEqual([[['a'], undefined]]);
  });

  test('is nowhere from a state to itself, and makes the one of the other', () => {
    const state = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'roles'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(state, state, (before, after) => {
        expect(differences(before, structuredClone(before), [])).toEqual([]);
        const made: Record<string, unknown> = { ...before };
        for (const [[name = ''], value] of differences(before, after, [])) {
          if (value === undefined) delete made[name];
          else made[name] = value;
        }
        expect(JSON.stringify(Object.entries(made).sort())).toBe(
          JSON.stringify(Object.entries(after).sort()),
        );
      }),
    );
  });
});

describe('what a change is about', () => {
  const before = {
    name: 'A',
    status: 'active',
    roles: { reader: 1, writer: 1 },
    settings: { requireApproval: false, leakResponse: 'revoke' },
    slots: { primary: 1, secondary: 1 },
    revision: 1,
  };

  test('was touched where others changed the same attribute, whatever they made of it', () => {
    expect(isTouched(before, { ...before, name: 'B' }, { ...before, name: 'C' })).toBe(true);
    expect(isTouched(before, { ...before, name: 'B' }, { ...before, name: 'B' })).toBe(true);
    expect(isTouched(before, { ...before, name: 'B' }, { ...before, status: 'suspended' })).toBe(false);
    expect(isTouched(before, { ...before, name: 'B' }, before)).toBe(false);
  });

  test.each(['roles', 'settings', 'slots'] as const)('of %s is the entry, and not all of them', (list) => {
    const [first = '', second = ''] = Object.keys(before[list]);
    const change = (name: string) => ({ ...before, [list]: { ...before[list], [name]: 'changed' } });
    expect(isTouched(before, change(first), change(second))).toBe(false);
    expect(isTouched(before, change(first), change(first))).toBe(true);
  });

  test.each(['revision', 'digests', 'imported', 'reminders', 'approvalsUsed', 'answered', 'formerRoles'])(
    'is never %s, which follows from changes',
    (name) => {
      expect(isTouched(before, { ...before, name: 'B', [name]: 2 }, { ...before, [name]: 3 })).toBe(false);
    },
  );

  test('was not touched by who changed something and changed it back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (name) => {
        expect(isTouched(before, { ...before, name }, { ...before, revision: 3 })).toBe(false);
      }),
    );
  });
});
