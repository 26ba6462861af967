import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Idempotency,
  idempotencyOf,
  idOfParts,
  isRepeat,
  newItemId,
  wasAnswered,
  withAnswered,
} from '../../../core/domain/ground/idempotency.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('what a request repeats', () => {
  const request = { tenantId: 't', operation: 'o', sub: 's', key: 'k', body: { a: 1 } };
  const first = idempotencyOf(request);

  test.each([
    [{ tenantId: 'u' }],
    [{ tenantId: undefined }],
    [{ operation: 'p' }],
    [{ sub: 'u' }],
    [{ key: 'l' }],
    [{ target: 'x' }],
  ])('is never what differs in %j', (change) => {
    expect(isRepeat(first, idempotencyOf({ ...request, ...change }))).toBe(false);
  });

  test('is the same with the same body, and an error with another', () => {
    expect([isRepeat(first, idempotencyOf(request)), isRepeat(undefined, first)]).toEqual([true, false]);
    expect(() => isRepeat(first, idempotencyOf({ ...request, body: { a: 2 } }))).toThrow(
      expect.objectContaining({ code: 'idempotency_mismatch', param: 'Idempotency-Key' }),
    );
  });

  test('is remembered of the last five that were answered', () => {
    const requests = numbers(6).map((i) => idempotencyOf({ ...request, key: `${i}` }));
    const answeredTo = (count: number) =>
      requests
        .slice(0, count)
        .reduce<{ answered?: readonly Idempotency[] }>((state, one) => withAnswered(state, one), {});
    expect([wasAnswered(answeredTo(5), requests[0]), wasAnswered(answeredTo(6), requests[0])]).toEqual([
      true,
      false,
    ]);
    expect(wasAnswered(answeredTo(6), requests[1])).toBe(true);
    expect(wasAnswered({}, requests[0])).toBe(false);
    expect(wasAnswered(answeredTo(6), undefined)).toBe(false);
    const state = {};
    expect(withAnswered(state, undefined)).toBe(state);
  });

  test('makes the same id, and another makes another', () => {
    const bytes = (count: number) => new Uint8Array(count).fill(1);
    const ids = [first, idempotencyOf({ ...request, key: 'l' }), undefined].map((one) =>
      newItemId(one, bytes),
    );
    expect(ids[0]).toBe(newItemId(first, () => new Uint8Array(12)));
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{12}$/);
  });
});

describe('an id that follows from what it is of', () => {
  const parts = fc.array(fc.string(), { maxLength: 4 });

  test('is the same for the same parts in the same order, and for no others', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(idOfParts(one)).toMatch(/^[0-9A-Za-z]{12}$/);
        expect(idOfParts(one) === idOfParts([...other])).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
    );
  });

  test('is of the first twelve bytes, and every one of these counts', () => {
    const id = (bytes: readonly number[]) => newItemId(undefined, () => Uint8Array.from(bytes));
    const zeros = Array(12).fill(0);
    const ids = zeros.map((_, i) => id(zeros.with(i, 1)));
    expect(id(zeros)).toBe('000000000000');
    expect(id(zeros.with(5, 61))).toBe('00000z000000');
    expect(id(zeros.with(11, 62))).toBe('000000000010');
    expect(new Set([...ids, id(zeros)]).size).toBe(13);
  });

  test('never changes: a repeat after an upgrade meets what was made before it', () => {
    expect(idOfParts(['import', 'tenant_acme'])).toBe(idOfParts(['import', 'tenant_acme']));
    const request = { operation: 'createKey', sub: 's', key: 'k', body: { b: 2, a: 1 } };
    const first = idempotencyOf({ tenantId: 'tenant_acme', ...request });
    expect(first).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      body: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(idempotencyOf({ tenantId: 'tenant_acme', ...request, body: { a: 1, b: 2 } })).toEqual(first);
    expect(JSON.stringify(first)).not.toContain('tenant_acme');
  });
});
