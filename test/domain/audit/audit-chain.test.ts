import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../core/contract/events.ts';
import {
  type ChainEntry,
  checkChain,
  checkEnd,
  checkHead,
  expiryOf,
  firstFormatText,
  type Link,
  sealEvent,
  strayRecord,
} from '../../../core/domain/audit/audit-chain.ts';
import { auditEvent } from '../../../core/domain/audit/audit-event.ts';
import { sha256 } from '../../../core/domain/ground/sha256.ts';
import { context, later, NOW } from '../context.ts';

const SECONDS = NOW.getTime() / 1000;
const event = (id: string): AuditEvent =>
  auditEvent(context({ eventId: id }), {
    type: 'tenant.updated',
    tenantId: 'tenant_acme',
    subject: { type: 'tenant', id: 'tenant_acme' },
    data: { id },
  });

/** A chain of so many records as it was written. */
function chain(count: number, expires: number | null = null): (ChainEntry & { link: Link })[] {
  const standings: (ChainEntry & { link: Link })[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const link = sealEvent(event(`e${seq}`), expires, standings.at(-1)?.link, sha256);
    standings.push({ seq, link, record: { event: event(`e${seq}`), seq, isWhole: true } });
  }
  return standings;
}
const told = (standings: readonly ChainEntry[], now = NOW) =>
  checkChain(standings, undefined, now, sha256).tampering.map(({ kind, seq, eventId }) => [
    kind,
    seq,
    eventId,
  ]);
const [one, two, three] = chain(3) as [
  ChainEntry & { link: Link },
  ChainEntry & { link: Link },
  ChainEntry & { link: Link },
];

test('a chain as it was written is sound, as a whole and in parts, and says where it came to', () => {
  const { tampering, last } = checkChain([one, two, three], undefined, NOW, sha256);
  expect(tampering).toEqual([]);
  expect(last).toEqual({ seq: 3, hash: three.link.hash, record: three.link.record });
  const first = checkChain([one], undefined, NOW, sha256);
  expect(checkChain([two, three], first.last, NOW, sha256)).toEqual({ tampering, last });
  expect(checkChain([], first.last, NOW, sha256)).toEqual({ tampering: [], last: first.last });
});

test('a link holds its number, the hash before it, where its record is, its end, and what it says', () => {
  expect(one.link).toMatchObject({
    ...{ version: 2, seq: 1, previous: null, expires: null },
    record: `${NOW.toISOString()}#e1`,
  });
  expect(two.link).toMatchObject({ seq: 2, previous: one.link.hash });
});

describe('what was done to a chain is told, with the record that it was done to', () => {
  test.each([
    ['another text of a record', { record: { event: event('x'), seq: 2, isWhole: true } }],
    ['a record that is not whole', { record: { event: event('e2'), seq: 2, isWhole: false } }],
    ['no link at all', { link: undefined }],
    ['a link with another end', { link: { ...two.link, expires: 5 } }],
    ['a link with another event', { link: { ...two.link, event: 'x' } }],
  ])('%s: changed', (_, change) => {
    const id = 'link' in change && change.link === undefined ? null : 'e2';
    expect(told([one, { ...two, ...change }, three])[0]).toEqual(['changed', 2, id]);
  });

  test('a removed record is missing, and one whose end has passed is not', () => {
    expect(told([one, { ...two, record: undefined }, three])).toEqual([['missing', 2, 'e2']]);
    const ending = chain(1, SECONDS + 1).map((standing) => ({ ...standing, record: undefined }));
    expect(told(ending, later(999))).toEqual([['missing', 1, 'e1']]);
    expect(told(ending, later(1000))).toEqual([]);
  });

  test('a removed link is missing with its record, and rows of them are told as one', () => {
    expect(told([one, three])).toEqual([['missing', 2, null]]);
    const long = chain(5);
    const { tampering } = checkChain([long[0], long[4]] as ChainEntry[], undefined, NOW, sha256);
    expect(tampering.map(({ message }) => message)).toEqual(['records 2 to 4 and their links were removed']);
    const [gap] = checkChain([one, three], undefined, NOW, sha256).tampering;
    expect(gap?.message).toBe('record 2 and their links were removed');
  });

  test('what stands beside the numbers, or at one twice, was put in', () => {
    expect(told([one, { seq: null, link: undefined, record: undefined }, two, three])).toEqual([
      ['inserted', null, null],
    ]);
    expect(told([one, two, one, three])).toEqual([['inserted', 1, null]]);
  });

  test('a record that says another number was moved', () => {
    expect(told([one, { ...two, record: { event: event('e2'), seq: 3, isWhole: true } }])).toEqual([
      ['reordered', 2, 'e2'],
    ]);
  });

  test('a link sealed on another than the one before tells of that one, and the first of itself', () => {
    const forged = sealEvent(event('forged'), null, undefined, sha256);
    const replaced = { seq: 1, link: forged, record: { event: event('forged'), seq: 1, isWhole: true } };
    expect(told([replaced, two, three])).toEqual([['changed', 1, 'forged']]);
    const late = sealEvent(event('late'), null, { seq: 0, hash: 'x' }, sha256);
    const first = { seq: 1, link: late, record: { event: event('late'), seq: 1, isWhole: true } };
    expect(told([first])).toEqual([['changed', 1, 'late']]);
  });
});

test('a record of the first format is held to the hash that was made of the record itself', () => {
  const previous = null;
  const hash = sha256(firstFormatText(event('e1'), { seq: 1, previous }));
  const link: Link = { ...one.link, version: 1, hash };
  const record = { event: event('e1'), seq: 1, isWhole: true };
  expect(told([{ seq: 1, link, record }])).toEqual([]);
  expect(told([{ seq: 1, link, record: { ...record, event: event('x') } }])).toEqual([['changed', 1, 'e1']]);
});

test('a record is kept for its days, never less long than the one before, and for ever where nobody says', () => {
  expect(expiryOf(later(999), 1, undefined)).toBe(SECONDS + 86_400);
  expect(expiryOf(NOW, 1, { expires: SECONDS + 90_000 })).toBe(SECONDS + 90_000);
  expect(expiryOf(NOW, 2, { expires: SECONDS + 90_000 })).toBe(SECONDS + 172_800);
  expect(expiryOf(NOW, 1, { expires: null })).toBe(SECONDS + 86_400);
  expect(expiryOf(NOW, 0, { expires: 5 })).toBeNull();
});

test('an earlier head is still in the chain, or its record was changed; others say nothing of it', () => {
  expect(checkHead({ seq: 2, hash: two.link.hash }, [one, two])).toBeUndefined();
  expect(checkHead({ seq: 3, hash: 'x' }, [one, two])).toBeUndefined();
  expect(checkHead({ seq: 2, hash: 'x' }, [one, two])).toMatchObject({
    ...{ kind: 'changed', seq: 2, eventId: 'e2' },
    message: 'record 2 (e2) does not have the hash that it had',
  });
});

test('a chain that ends before an earlier head was cut off there', () => {
  expect(checkEnd({ seq: 3, hash: 'x' }, { seq: 3 })).toBeUndefined();
  expect(checkEnd({ seq: 3, hash: 'x' }, { seq: 2 })).toMatchObject({ kind: 'cutOff', seq: 3 });
  expect(checkEnd({ seq: 3, hash: 'x' }, undefined)).toMatchObject({
    ...{ kind: 'cutOff', seq: 1, message: 'the chain ends at 0: records 1 to 3 were cut off' },
  });
});

test('a record that its number does not lead to stands at none', () => {
  expect(strayRecord(two.link.record, 2, two.link)).toBeUndefined();
  expect(strayRecord('t#x', 2, two.link)).toMatchObject({ kind: 'inserted', seq: 2, eventId: 'x' });
  expect(strayRecord('t#x', null, undefined)).toMatchObject({ kind: 'inserted', seq: null, eventId: 'x' });
});
