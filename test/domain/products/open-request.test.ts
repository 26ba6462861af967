import { describe, expect, test } from '@jest/globals';
import {
  boundReached,
  type OpenRequest,
  requireRoom,
  stillOpen,
} from '../../../core/domain/products/open-request.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-06-01T12:00:00.000Z');
const iso = (time: number) => new Date(time).toISOString();
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('what a developer has open', () => {
  const open = (count: number, productId = 'prod_1'): OpenRequest[] =>
    numbers(count).map((i) => ({ subscriptionId: `${i}`, productId, requestedAt: iso(START) }));

  test.each([
    [open(49), undefined],
    [open(50), '50 subscriptions to one product'],
    [open(99, 'prod_2'), undefined],
    [open(100, 'prod_2'), '100 subscriptions'],
  ])('of %j', (requests, bound) => {
    expect(boundReached(requests, 'prod_1')).toBe(bound);
  });

  test('counts until it ends, or two days where it never came to be', () => {
    const left = (state: string | undefined, age: number) =>
      stillOpen(open(1), () => state as never, new Date(START + age)).length;
    expect([left(undefined, 48 * HOUR - 1), left(undefined, 48 * HOUR)]).toEqual([1, 0]);
    expect(
      ['pending', 'active', 'suspended', 'cancelled', 'rejected'].map((state) => left(state, 99 * DAY)),
    ).toEqual([1, 1, 1, 0, 0]);
  });

  test('is refused above the bound by name, with what can be done, and not below it', () => {
    expect(() => requireRoom(open(49), 'prod_1')).not.toThrow();
    expect(() => requireRoom(open(50), 'prod_1')).toThrow(
      expect.objectContaining({
        code: 'invalid_state',
        message:
          'A developer may have 50 subscriptions to one product open at once in a tenant; cancel one that is not needed, or ask an admin to make this one',
      }),
    );
    expect(() => requireRoom(open(100, 'prod_2'), 'prod_1')).toThrow(/100 subscriptions open/);
    expect(() => requireRoom(open(50), 'prod_2')).not.toThrow();
  });
});
