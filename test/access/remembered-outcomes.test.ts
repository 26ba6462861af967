import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../../core/access/outcome.ts';
import { type Circumstances, RememberedOutcomes } from '../../core/access/remembered-outcomes.ts';

const asked = (circumstances: Partial<Circumstances> = {}): Circumstances => ({
  method: 'GET',
  path: '/v1/orders',
  sourceIp: '203.0.113.7',
  origin: undefined,
  ...circumstances,
});

function outcome(): Outcome {
  return { decision: { allowed: true, caller: undefined }, caller: undefined, routes: [], route: undefined };
}

describe('remembered outcomes', () => {
  test('belong to one method, path, address and origin, and to no other', () => {
    const text = fc.constantFrom('', 'GET', '/v1/orders', 'GET/v1', '-', '1:a');
    const any = fc.record({
      method: text,
      path: fc.option(text, { nil: undefined }),
      sourceIp: fc.option(text, { nil: undefined }),
      origin: fc.option(text, { nil: undefined }),
    });
    const parts = ({ method, path, sourceIp, origin }: Circumstances) => [method, path, sourceIp, origin];
    fc.assert(
      fc.property(any, any, (first, second) => {
        const outcomes = new RememberedOutcomes();
        const known = outcome();
        outcomes.set(first, known);
        const same = parts(first).every((part, i) => part === parts(second)[i]);
        expect(outcomes.get(first)).toBe(known);
        expect(outcomes.get(second)).toBe(same ? known : undefined);
      }),
    );
  });

  test.each([
    ['paths', (i: number) => asked({ path: `/v1/orders/${i}` })],
    ['addresses', (i: number) => asked({ sourceIp: `203.0.113.${i}` })],
  ])('are at most 32 for one caller, however many %s it invents', (_, each) => {
    const outcomes = new RememberedOutcomes();
    const kept = () => Array.from({ length: 200 }, (_, i) => outcomes.get(each(i))).filter(Boolean).length;
    for (let i = 0; i < 200; i++) {
      outcomes.set(each(i), outcome());
      expect(outcomes.get(each(i))).toBeDefined();
      expect(kept()).toBeLessThanOrEqual(32);
    }
  });

  test('are not kept of texts that are longer than 512 characters in all', () => {
    const outcomes = new RememberedOutcomes();
    const longest = asked({ path: `/${'a'.repeat(512 - 'GET'.length - '203.0.113.7'.length - 1)}` });
    const longer = asked({ path: `${longest.path}a` });
    outcomes.set(longest, outcome());
    outcomes.set(longer, outcome());
    expect(outcomes.get(longest)).toBeDefined();
    expect(outcomes.get(longer)).toBeUndefined();
  });
});
