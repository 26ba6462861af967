import { expect, test } from '@jest/globals';
import { refusedRequestIds, watchedKeysOf } from '../../../core/domain/security/watched-batch.ts';
import type { AccessRecord, RefusalRecord } from '../../../core/domain/usage/access-record.ts';

const START = Date.parse('2026-11-22T10:00:00.000Z');
const HOUR = 3_600_000;
const caller = (keyId: string, keyType = 'secret') =>
  ({ keyId, tenantId: 'tenant_acme', environment: 'live', keyType, secretId: 'a' }) as const;
const access = (requestId: string, changes: object = {}): AccessRecord =>
  ({
    ...{ requestId, time: START, caller: caller('key_1'), status: 200, sourceIp: '203.0.113.7' },
    ...changes,
  }) as AccessRecord;
const countryOf = (address: string) =>
  address.startsWith('203') ? 'DE' : address.startsWith('198') ? 'US' : '-';

test('each credential’s requests are told by hour, and when it was seen first and last', () => {
  const [first, second, ...others] = watchedKeysOf(
    [
      access('b', { time: START + HOUR }),
      access('a', { status: 404 }),
      access('c', { time: START + HOUR - 1 }),
      access('d', { caller: caller('key_2') }),
      access('e', { caller: undefined }),
    ],
    countryOf,
  );
  expect(others).toEqual([]);
  expect([first?.caller.keyId, first?.first, first?.last]).toEqual(['key_1', START, START + HOUR]);
  const network = '203.0.113.0/24';
  expect([...(first?.traces ?? [])]).toEqual([
    ['2026-11-22T11', [{ requestId: 'b', status: 200, network }]],
    [
      '2026-11-22T10',
      [
        { requestId: 'a', status: 404, network },
        { requestId: 'c', status: 200, network },
      ],
    ],
  ]);
  expect([second?.caller.keyId, second?.first, second?.last]).toEqual(['key_2', START, START]);
});

test('visits are told by country, and none from where nobody knows', () => {
  const [watched] = watchedKeysOf(
    [
      access('a', { time: START + 5 }),
      access('b'),
      access('c', { sourceIp: '198.51.100.1' }),
      access('d', { sourceIp: '192.0.2.1' }),
      access('e', { sourceIp: undefined }),
    ],
    countryOf,
  );
  expect(watched?.visits).toEqual([
    {
      ...{ country: 'DE', first: START, last: START + 5, requests: 2 },
      ...{ networks: ['203.0.113.0/24', '203.0.113.0/24'], requestIds: ['a', 'b'] },
    },
    {
      ...{ country: 'US', first: START, last: START, requests: 1 },
      ...{ networks: ['198.51.100.0/24'], requestIds: ['c'] },
    },
  ]);
  expect(watched?.traces.get('2026-11-22T10')?.at(-1)).toEqual({
    requestId: 'e',
    status: 200,
    network: undefined,
  });
});

test('a publishable key, which everybody may use from anywhere, has no visits', () => {
  const [watched] = watchedKeysOf([access('a', { caller: caller('key_1', 'publishable') })], countryOf);
  expect([watched?.visits, watched?.traces.size]).toEqual([[], 1]);
});

test('refusals are named that concern what is asked, in its hour', () => {
  const refusal = (requestId: string, time: number, keyId = 'key_1') =>
    ({ requestId, time, keyId }) as RefusalRecord;
  const refusals = [
    refusal('a', START),
    refusal('b', START + HOUR),
    refusal('c', START - 1),
    refusal('d', START + HOUR - 1),
    refusal('e', START, 'key_2'),
  ];
  expect(refusedRequestIds({ refusals }, '2026-11-22T10', ({ keyId }) => keyId === 'key_1')).toEqual([
    'a',
    'd',
  ]);
});
