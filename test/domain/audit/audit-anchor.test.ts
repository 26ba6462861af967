import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Anchor, anchorLine, anchorText, readAnchors } from '../../../core/domain/audit/audit-anchor.ts';
import { NOW } from '../context.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const MINUTE = 60_000;
const anchor = (changes: Partial<Anchor> = {}): Anchor => ({
  ...{ tenantId: 'tenant_acme', seq: 7, hash: 'f'.repeat(64), signedAt: NOW.toISOString() },
  ...changes,
});
const signed = (given: Anchor, key = privateKey) =>
  anchorLine(given, sign('sha256', Buffer.from(anchorText(given)), key).toString('base64'));
const line = (message: string, after = 0) => ({ message, cameAt: NOW.getTime() + after });
const read = (...lines: ReturnType<typeof line>[]) => readAnchors('tenant_acme', lines, publicKey);

test('what is signed says what it is, and can be taken for nothing else', () => {
  expect(JSON.parse(anchorText(anchor()))).toEqual({ what: 'head of a Keywright audit chain', ...anchor() });
});

test('heads are read oldest first, whatever the order of their lines', () => {
  const [older, newer] = [anchor({ seq: 2 }), anchor()];
  expect(read(line(signed(newer)), line(signed(older)))).toEqual({ anchors: [older, newer], tampering: [] });
});

describe('a line is false', () => {
  const good = JSON.parse(signed(anchor()));
  test.each([
    ['of no JSON', 'x'],
    ['of nothing', 'null'],
    ['without a signature', JSON.stringify({ ...good, signature: undefined })],
    ['signed by another key', signed(anchor(), other.privateKey)],
    ['with another number', JSON.stringify({ ...good, seq: 8 })],
    ['with another hash', JSON.stringify({ ...good, hash: 'e'.repeat(64) })],
    ['with another time', JSON.stringify({ ...good, signedAt: '2026-11-22T12:00:00.001Z' })],
    ['of another chain', signed(anchor({ tenantId: 'tenant_other' }))],
    ['of no tenant’s chain', signed(anchor({ tenantId: null }))],
    ['whose number is none', signed(anchor({ seq: 1.5 }))],
    ['whose hash is no text', signed(anchor({ hash: 7 as never }))],
  ])('%s', (_, message) => {
    const { anchors, tampering } = read(line(message));
    expect(anchors).toEqual([]);
    expect(tampering).toEqual([
      {
        kind: 'forgedHead',
        seq: null,
        eventId: null,
        message: 'a line among the signed heads is signed by nobody who may',
      },
    ]);
  });

  test('that was put there again more than a quarter of an hour after it was signed', () => {
    expect(read(line(signed(anchor()), 15 * MINUTE)).tampering).toEqual([]);
    const { anchors, tampering } = read(line(signed(anchor()), 15 * MINUTE + 1));
    expect(anchors).toEqual([]);
    expect(tampering).toEqual([
      {
        kind: 'forgedHead',
        seq: 7,
        eventId: null,
        message:
          'the head of 2026-11-22T12:00:00.000Z was put among the signed ones again at 2026-11-22T12:15:00.001Z',
      },
    ]);
  });
});
