import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AuditEvent } from '../../../core/contract/events.ts';
import type { LogBatch } from '../../../core/domain/usage/access-record.ts';
import { additionsTo, endingOf, lastAdmittedOf, seenCallsOf } from '../../../core/domain/usage/receipt.ts';

const NOON = Date.parse('2026-11-22T12:00:00.000Z');
const at = (seconds: number) => new Date(NOON + 1000 * seconds).toISOString();
const keyId = 'key_0123456789AB';

const event = (type: string) =>
  ({ type, subject: { type: 'apiKey', id: keyId }, time: at(0) }) as unknown as AuditEvent;
const admitted = (time: number, refusedWith?: string) => ({ caller: { keyId }, time, refusedWith });
const refused = (time: number, cause: string, isOwner = true) => ({
  ...{ keyId, time, cause },
  owner: isOwner ? {} : undefined,
});
const batch = (accesses: object[], refusals: object[]) =>
  ({ id: 'batch', accesses, refusals }) as unknown as LogBatch;

test.each([
  ['apiKey.disabled', 'ended'],
  ['apiKey.revoked', 'ended'],
  ['subscription.suspended', 'ended'],
  ['subscription.cancelled', 'ended'],
  ['apiKey.enabled', 'restored'],
  ['subscription.resumed', 'restored'],
  ['apiKey.updated', undefined],
  ['apiKey.created', undefined],
])('%s: a credential is %s', (type, kind) => {
  expect(endingOf(event(type))).toEqual(kind && { kind, keyId, at: at(0) });
});

test('a call that the authorizer refused is not admitted, and of refusals those alone count that the end caused', () => {
  const seen = seenCallsOf(
    batch(
      [admitted(1), admitted(3), admitted(2), admitted(9, 'insufficient_permissions'), { time: 10 }],
      [
        refused(7, 'key_revoked'),
        refused(5, 'key_disabled'),
        refused(4, 'permission_missing'),
        // Somebody knows the id and not the secret.
        refused(1, 'key_revoked', false),
        { time: 2, cause: 'key_revoked', owner: {} },
      ],
    ),
  );
  expect([...seen]).toEqual([[keyId, { lastAdmitted: 3, refused: [5, 7] }]]);
});

test('whatever comes in whatever order, the last admitted and the first refused remain', () => {
  const call = fc.record({ time: fc.integer({ min: -60, max: 60 }), isRefused: fc.boolean() });
  fc.assert(
    fc.property(fc.array(call), (calls) => {
      let receipt: Parameters<typeof additionsTo>[0] = { keyId, endedAt: at(0) };
      for (const { time, isRefused } of calls) {
        const milliseconds = NOON + 1000 * time;
        const seen = isRefused
          ? { lastAdmitted: undefined, refused: [milliseconds] }
          : { lastAdmitted: milliseconds, refused: [] };
        const { lastAdmitted, firstRefused } = additionsTo(receipt, seen);
        receipt = {
          ...receipt,
          ...(lastAdmitted !== undefined && { lastAdmittedAt: new Date(lastAdmitted).toISOString() }),
          ...(firstRefused !== undefined && { firstRefusedAt: new Date(firstRefused).toISOString() }),
        };
      }
      const times = (isRefused: boolean) =>
        calls.filter((one) => one.isRefused === isRefused).map(({ time }) => time);
      const last = Math.max(...times(false));
      // What was refused long before belongs to an earlier end.
      const first = Math.min(...times(true).filter((time) => time >= -2));
      expect(receipt.lastAdmittedAt).toBe(Number.isFinite(last) ? at(last) : undefined);
      expect(receipt.firstRefusedAt).toBe(Number.isFinite(first) ? at(first) : undefined);
    }),
  );
});

test('calls after it was let in again are none of the receipt’s', () => {
  const receipt = { keyId, endedAt: at(0), restoredAt: at(30), lastAdmittedAt: at(-1) };
  const seen = { lastAdmitted: NOON + 40_000, refused: [NOON + 41_000] };
  expect(additionsTo(receipt, seen)).toEqual({ lastAdmitted: undefined, firstRefused: undefined });
});

test('a use that is noted to the minute is said to be no more exact than that', () => {
  const lastUse = { at: at(5), bySecret: {} };
  expect(lastAdmittedOf({ lastAdmittedAt: at(6) }, lastUse)).toEqual({ at: at(6), isExact: true });
  expect(lastAdmittedOf({ lastAdmittedAt: at(6) }, undefined)).toEqual({ at: at(6), isExact: true });
  expect(lastAdmittedOf({ lastAdmittedAt: at(4) }, lastUse)).toEqual({ at: at(5), isExact: false });
  expect(lastAdmittedOf({}, lastUse)).toEqual({ at: at(5), isExact: false });
  expect(lastAdmittedOf({}, undefined)).toBeNull();
});
