import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AllowedNetworks } from '../../../core/domain/keys/network.ts';
import { dryRun, type KeyRules, type TriedKey } from '../../../core/domain/usage/dry-run.ts';

const EVERYTHING = { permissions: ['*:*'], allowedCidrs: [] };
const key = (
  after: Partial<KeyRules>,
  uses: Record<string, number>,
  before: Partial<KeyRules> = {},
): TriedKey => ({
  keyId: 'key_1',
  type: 'secret',
  before: { ...EVERYTHING, ...before },
  after: { ...EVERYTHING, ...before, ...after },
  uses: [uses],
});
const GET = 's1 198.51.100.0/24 GET /v1/orders';
const POST = 's1 198.51.100.0/24 POST /v1/orders';
const route = (path: string, permission: string, method = 'GET') =>
  ({ method, path, permission, public: false }) as never;
const outcome = (one: TriedKey, routes: never[] = []) => {
  const { refused, admittedAnew, unknown } = dryRun([one], () => routes.map((each) => [each]));
  return { refused, admittedAnew, unknown };
};
const none = { refused: 0, admittedAnew: 0, unknown: 0 };

test.each([
  ['a permission taken away', key({ permissions: ['*:read'] }, { [GET]: 3, [POST]: 2 }), { refused: 2 }],
  [
    'a permission given',
    key({ permissions: ['*:*'] }, { [POST]: 2 }, { permissions: ['*:read'] }),
    { admittedAnew: 2 },
  ],
  [
    'what is refused already',
    key({ permissions: ['a:read'] }, { [POST]: 2 }, { permissions: ['b:read'] }),
    {},
  ],
  ['a network left out', key({ allowedCidrs: ['203.0.113.0/24'] }, { [GET]: 3 }), { refused: 3 }],
  ['a network kept', key({ allowedCidrs: ['198.51.0.0/16'] }, { [GET]: 3 }), {}],
  ['a part of a network', key({ allowedCidrs: ['198.51.100.128/25'] }, { [GET]: 3 }), { unknown: 3 }],
  [
    'a network that is not known',
    key({ allowedCidrs: ['198.51.0.0/16'] }, { 's1 - GET /v1/a': 1 }),
    { unknown: 1 },
  ],
  ['what was counted as others', key({ permissions: [] }, { other: 4 }), { unknown: 4 }],
  ['a route that nobody named', key({ permissions: [] }, { 's1 - GET -': 4 }), { unknown: 4 }],
])('of %s', (_, one, expected) => {
  expect(outcome(one)).toEqual({ ...none, ...expected });
});

test('a declared route asks what it declares, and where APIs differ nobody knows which was meant', () => {
  const one = key({ permissions: ['exports:read'] }, { 's1 198.51.100.0/24 GET /v1/orders/{id}': 5 });
  expect(outcome(one)).toEqual({ ...none, refused: 5 });
  expect(outcome(one, [route('/v1/orders/{id}', 'exports:read')])).toEqual(none);
  const differing = [route('/v1/orders/{id}', 'exports:read'), route('/v1/orders/{id}', 'orders:read')];
  expect(outcome(one, differing)).toEqual({ ...none, unknown: 5 });
});

test('says which keys, from where and for what, the most frequent first', () => {
  const first = key({ permissions: [] }, { [GET]: 1, [POST]: 2 });
  const run = dryRun([first, { ...first, keyId: 'key_2', uses: [{ [GET]: 9 }, { [GET]: 1 }] }], () => []);
  expect(run).toMatchObject({ calls: 13, refused: 13 });
  expect(run.keys).toEqual([
    { keyId: 'key_2', refused: 10 },
    { keyId: 'key_1', refused: 3 },
  ]);
  expect(run.uses[0]).toEqual({
    keyId: 'key_2',
    network: '198.51.100.0/24',
    route: 'GET /v1/orders',
    requests: 10,
  });
});

test('what it says of a network is what is decided on every address in it', () => {
  const octet = fc.constantFrom(0, 51, 100, 128, 255);
  const cidr = fc
    .tuple(octet, octet, fc.constantFrom(8, 16, 22, 24, 25, 32))
    .map(([a, b, bits]) => ({ text: `198.${a}.${b}.${bits === 32 ? 7 : 0}/${bits}`, bits }));
  fc.assert(
    fc.property(octet, octet, fc.array(cidr, { minLength: 1, maxLength: 3 }), (a, b, cidrs) => {
      const allowedCidrs = cidrs.map(({ text }) => text);
      const networks = new AllowedNetworks(allowedCidrs);
      const found = [0, 7, 127, 128, 255].map((last) => networks.include(`198.${a}.${b}.${last}`));
      const said = outcome(key({ allowedCidrs }, { [`s1 198.${a}.${b}.0/24 GET /v1/orders`]: 1 }));
      if (said.refused === 1) expect(found).not.toContain(true);
      if (said.refused === 0 && said.unknown === 0) expect(found).not.toContain(false);
    }),
  );
});

test('a change of nothing refuses nothing', () => {
  const uses = fc.dictionary(fc.constantFrom(GET, POST, 'other', 's1 - GET -'), fc.nat(99));
  const permissions = fc.array(fc.constantFrom('*:read', 'orders:*', 'a:write'));
  fc.assert(
    fc.property(uses, permissions, (counted, granted) => {
      expect(outcome(key({}, counted, { permissions: granted }))).toEqual({
        ...none,
        unknown: counted.other ?? 0,
      });
    }),
  );
});
