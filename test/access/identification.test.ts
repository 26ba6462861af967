import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Circumstances, Identification } from '../../core/access/identification.ts';
import type { Outcome } from '../../core/access/outcome.ts';
import { type Caller, refusal, type Verdict } from '../../core/domain/decision/decision.ts';

const asked = (circumstances: Partial<Circumstances> = {}): Circumstances => ({
  method: 'GET',
  path: '/v1/orders',
  sourceIp: '203.0.113.7',
  origin: undefined,
  ...circumstances,
});

const ADMITTED: Verdict = { allowed: true, caller: {} as Caller };

function outcome(): Outcome {
  return { decision: { allowed: true, caller: undefined }, caller: undefined, routes: [], route: undefined };
}

describe('what is remembered of an identified caller', () => {
  test('belongs to one method, path, address and origin, and to no other', () => {
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
        const identified = new Identification(ADMITTED);
        const known = outcome();
        identified.remember(first, known);
        const same = parts(first).every((part, i) => part === parts(second)[i]);
        expect(identified.outcome(first)).toBe(known);
        expect(identified.outcome(second)).toBe(same ? known : undefined);
      }),
    );
  });

  test.each([
    ['paths', (i: number) => asked({ path: `/v1/orders/${i}` })],
    ['addresses', (i: number) => asked({ sourceIp: `203.0.113.${i}` })],
  ])('are at most 32 for one caller, however many %s it invents', (_, each) => {
    const identified = new Identification(ADMITTED);
    const kept = () =>
      Array.from({ length: 200 }, (_, i) => identified.outcome(each(i))).filter(Boolean).length;
    for (let i = 0; i < 200; i++) {
      identified.remember(each(i), outcome());
      expect(identified.outcome(each(i))).toBeDefined();
      expect(kept()).toBeLessThanOrEqual(32);
    }
  });

  test('are not kept of texts that are longer than 512 characters in all', () => {
    const identified = new Identification(ADMITTED);
    const longest = asked({ path: `/${'a'.repeat(512 - 'GET'.length - '203.0.113.7'.length - 1)}` });
    const longer = asked({ path: `${longest.path}a` });
    identified.remember(longest, outcome());
    identified.remember(longer, outcome());
    expect(identified.outcome(longest)).toBeDefined();
    expect(identified.outcome(longer)).toBeUndefined();
  });

  test('is the same for all requests of who was not identified', () => {
    const identified = new Identification(refusal('wrong_secret'));
    const known = outcome();
    expect(identified.outcome(asked())).toBeUndefined();
    identified.remember(asked(), known);
    identified.remember(asked({ path: '/v1/invoices' }), outcome());
    const long = asked({ path: 'a'.repeat(513) });
    expect(identified.outcome(asked())).toBe(known);
    expect(identified.outcome(asked({ path: '/v1/invoices', origin: 'https://a.example' }))).toBe(known);
    expect(identified.outcome(long)).toBe(known);
  });

  test('keeps the first outcome of the same circumstances', () => {
    const identified = new Identification(ADMITTED);
    const known = outcome();
    identified.remember(asked(), known);
    identified.remember(asked(), outcome());
    expect(identified.outcome(asked())).toBe(known);
  });
});
