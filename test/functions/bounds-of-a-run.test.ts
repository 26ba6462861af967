import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import type { ItemRevision, RevisedItem } from '../../core/domain/audit/item-revision.ts';
import { SHARED_LISTS } from '../../core/store/revision-store.ts';
import { missingIn } from '../../functions/audit/missing-revisions.ts';
import { findGaps } from '../../functions/audit-gaps/find-gaps.ts';
import { AtOnce } from '../support/at-once.ts';

/** What one run takes on at most, and from which moment on: each bound met, and crossed by one. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date('2026-06-10T12:30:00.000Z');
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds).toISOString();
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const id = (i: number) => `key_${String(i).padStart(12, '0')}`;

/** Items by their lists, the log's revisions of none of them, and what is noted. */
class Revisions {
  readonly lists: Record<string, RevisedItem[]> = {};
  readonly asked: [list: string, after: string | null, size: number][] = [];
  readonly noted: { gap: ItemRevision; event: AuditEvent }[] = [];
  readonly comparing = new AtOnce();
  place: unknown;
  known = new Set<string>();

  async part(list: string, after: string | null, size: number) {
    this.asked.push([list, after, size]);
    const items = this.lists[list] ?? [];
    const start = Number(after ?? 0);
    const end = start + size < items.length ? String(start + size) : null;
    return { items: items.slice(start, start + size), end };
  }
  tenant = async (tenantId: string) => this.lists.TENANTS?.find(({ item }) => item === tenantId);
  recorded = ({ item }: ItemRevision) =>
    this.comparing.of(() => {
      if (item.endsWith('broken')) throw new Error('no answer');
      return [];
    });
  async noteGap(gap: ItemRevision, event: AuditEvent) {
    const name = JSON.stringify(gap);
    if (this.known.has(name)) return false;
    this.known.add(name);
    this.noted.push({ gap, event });
    return true;
  }
  searchPlace = async () => this.place;
  keepSearchPlace = async (place: object) => {
    this.place = place;
  };
}

/** An item of which all revisions but what was before `from` are missing. */
const item = (name: string, changed: Partial<RevisedItem> = {}): RevisedItem => ({
  ...{ item: name, tenantId: 'tenant_a', revision: 1, eventsFrom: 1, changedAt: ago(DAY) },
  ...changed,
});

let revisions: Revisions;
beforeEach(() => {
  revisions = new Revisions();
});

describe('a search for changes without an event', () => {
  const search = async (hasTime: () => boolean = () => true) => {
    const failed: string[] = [];
    const dependencies = {
      revisions: revisions as never,
      now: () => NOW,
      randomBytes: (n: number) => new Uint8Array(n),
    };
    const onFailure = (name: string) => void failed.push(name);
    const report = await findGaps(dependencies, { requestId: 'run', hasTime, onFailure });
    return { ...report, failures: failed };
  };
  const NOTHING = { examined: 0, failed: 0, found: 0, failures: [] };

  test('looks through what all share, then through each tenant’s, a hundred items at a time', async () => {
    revisions.lists.TENANTS = [
      item('tenant_a', { eventsFrom: undefined }),
      item('tenant_b', { eventsFrom: undefined }),
    ];
    revisions.lists['KEYS#tenant_a'] = numbers(101).map((i) => item(id(i), { eventsFrom: undefined }));
    expect(await search()).toEqual({ ...NOTHING, examined: 103 });
    const of = (tenant: string, keys: [string, string | null, number][]) => [
      ...keys,
      [`SUBSCRIPTIONS#${tenant}`, null, 100],
      [`TEAM#${tenant}`, null, 100],
      [`ALERTS#${tenant}`, null, 100],
    ];
    expect(revisions.asked).toEqual([
      ...SHARED_LISTS.map((list) => [list, null, 100]),
      ['TENANTS', null, 1],
      ...of('tenant_a', [
        ['KEYS#tenant_a', null, 100],
        ['KEYS#tenant_a', '100', 100],
      ]),
      ['TENANTS', '1', 1],
      ...of('tenant_b', [['KEYS#tenant_b', null, 100]]),
    ]);
    expect(revisions.place).toEqual({ began: NOW.toISOString(), list: null, after: null, tenant: null });
  });

  test.each([
    ['not again before six hours are over', 6 * HOUR - 1, false],
    ['again once they are', 6 * HOUR, true],
    ['again where its beginning lies so far ahead', -6 * HOUR, true],
    ['not where it lies less far ahead', -6 * HOUR + 1, false],
  ])('that came to its end begins %s', async (_, since, isBegun) => {
    revisions.place = { began: ago(since), list: null, after: null, tenant: null };
    await search();
    expect(revisions.asked.length > 0).toBe(isBegun);
  });

  test('that has an old one’s rest goes on with it, whatever its age', async () => {
    const tenant = { tenantId: 'tenant_b', after: null };
    revisions.place = { began: ago(9 * DAY), list: 'ALERTS#tenant_b', after: '100', tenant };
    await search();
    expect(revisions.asked).toEqual([['ALERTS#tenant_b', '100', 100]]);
  });

  test('that has no time leaves its place as it was', async () => {
    expect(await search(() => false)).toEqual(NOTHING);
    expect(revisions.place).toEqual({
      began: NOW.toISOString(),
      list: SHARED_LISTS[0],
      after: null,
      tenant: null,
    });
  });

  test.each([
    ['is not told while its event may be on its way', 13 * HOUR - 1, 0],
    ['is told after thirteen hours', 13 * HOUR, 1],
  ])('a change %s', async (_, age, found) => {
    revisions.lists.APIS = [item('api_0123456789AB', { tenantId: null, changedAt: ago(age) })];
    expect(await search()).toEqual({ ...NOTHING, examined: 1, found });
    expect(revisions.noted.map(({ gap, event }) => ({ gap, event: { ...event, id: '' } }))).toEqual(
      found === 0
        ? []
        : [
            {
              gap: { item: 'api_0123456789AB', revision: 1 },
              event: {
                ...{ id: '', version: 1, type: 'audit.gap', time: NOW.toISOString(), tenantId: null },
                ...{ actor: { type: 'system', id: 'keywright' }, requestId: 'run' },
                subject: { type: 'api', id: 'api_0123456789AB' },
                data: { revision: 1, changedBefore: ago(age) },
              },
            },
          ],
    );
  });

  test('compares 25 at once, and one that can’t be compared stops no other', async () => {
    revisions.lists.APIS = [item('api_broken'), ...numbers(99).map((i) => item(id(i)))];
    expect(await search()).toEqual({ examined: 100, failed: 1, found: 99, failures: ['api_broken'] });
    expect(revisions.comparing.most).toBe(25);
  });

  test('tells 500 changes in a run, of one item or of many, and the next one goes on', async () => {
    revisions.lists.APIS = [item('api_0123456789AB', { revision: 501 }), item('api_0123456789AC')];
    expect((await search()).found).toBe(500);
    expect(revisions.noted.every(({ gap }) => gap.item === 'api_0123456789AB')).toBe(true);
    revisions.place = undefined;
    revisions.lists.APIS = numbers(700).map((i) => item(id(i)));
    // A part is looked through whole.
    expect(await search()).toMatchObject({ examined: 500, found: 500 });
    expect((await search()).found).toBe(200);
  });

  test('examines 50,000 items in a run', async () => {
    revisions.lists.APIS = numbers(50_101).map((i) => item(id(i), { eventsFrom: undefined }));
    expect((await search()).examined).toBe(50_000);
    expect((await search()).examined).toBe(101);
  });
});

describe('a part of a verification of items', () => {
  const part = (list: number, tenantId: string | null = 'tenant_a', after: string | null = null) =>
    missingIn({ tenantId, list, after }, revisions as never, NOW);

  test('has 500 items, and compares 25 at once', async () => {
    revisions.lists['KEYS#tenant_a'] = numbers(501).map((i) => item(id(i)));
    const first = await part(1);
    expect([first.missing.length, first.next]).toEqual([
      500,
      { tenantId: 'tenant_a', list: 1, after: '500' },
    ]);
    const second = await part(1, 'tenant_a', '500');
    expect([second.missing.length, second.next]).toEqual([1, { tenantId: 'tenant_a', list: 2, after: null }]);
    expect(revisions.comparing.most).toBe(25);
  });

  test('goes through a tenant’s lists, its own item first, or through those of no tenant', async () => {
    revisions.lists.TENANTS = [item('tenant_a')];
    revisions.lists.APPROVALS = [item('apr_1', { tenantId: 'tenant_b' }), item('apr_2')];
    const seen: string[][] = [];
    for (let list = 0; list < 6; list++) {
      const { missing, next } = await part(list);
      seen.push(missing.map((each) => each.item));
      expect(next).toEqual(list === 5 ? undefined : { tenantId: 'tenant_a', list: list + 1, after: null });
    }
    expect(seen).toEqual([['tenant_a'], [], [], [], [], ['apr_2']]);
    for (let list = 0; list < 3; list++) await part(list, null);
    expect(revisions.asked.map(([list]) => list)).toEqual([
      ...['KEYS#tenant_a', 'SUBSCRIPTIONS#tenant_a', 'TEAM#tenant_a', 'ALERTS#tenant_a', 'APPROVALS'],
      ...['APIS', 'PRODUCTS', 'ALERTS#-'],
    ]);
    expect((await part(2, null)).next).toBeUndefined();
  });

  test.each([
    ['under way', 15 * 60_000 - 1],
    ['missing', 15 * 60_000],
  ] as const)('what may be on its way for a quarter of an hour is %s', async (where, age) => {
    revisions.lists['KEYS#tenant_a'] = [item(id(1), { changedAt: ago(age) })];
    const { missing, underWay } = await part(1);
    expect([missing.length, underWay.length]).toEqual(where === 'missing' ? [1, 0] : [0, 1]);
  });

  test.each([
    [100, 100, undefined],
    [101, 101, `the events of revisions 101 to 101 of ${id(1)} likewise`],
    [7000, 101, `the events of revisions 101 to 7000 of ${id(1)} likewise`],
  ])('of one item names a hundred, and the rest as one: %i', async (revision, named, rest) => {
    revisions.lists['KEYS#tenant_a'] = [item(id(1), { revision })];
    const { missing } = await part(1);
    expect(missing).toHaveLength(named);
    expect(missing.slice(0, 100).map((each) => each.revision)).toEqual(numbers(100).map((i) => i + 1));
    expect(missing[100]).toEqual(rest && { item: id(1), revision: 101, message: rest });
  });
});
