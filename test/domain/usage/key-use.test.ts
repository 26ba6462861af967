import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccessRecord } from '../../../core/domain/usage/access-record.ts';
import { stepName, useName, useOf } from '../../../core/domain/usage/key-use.ts';

const record = (secretId: string | undefined, sourceIp: string | undefined, method: string, route: string) =>
  ({ caller: { secretId }, sourceIp, method, route }) as AccessRecord;

test.each([
  [record('s1', '203.0.113.7', 'GET', '/v1/orders/{id}'), 's1 203.0.113.0/24 GET /v1/orders/{id}'],
  [record('s1', '2001:db8::1', 'POST', '-'), 's1 2001:db8::/48 POST -'],
  [record(undefined, undefined, 'OTHER', '/v1/a b'), '- - OTHER /v1/a b'],
  [
    { ...record('s1', '203.0.113.7', 'GET', '/v1/orders'), apiId: 'api_8sK2mQ4vXz1b' },
    'api_8sK2mQ4vXz1b s1 203.0.113.0/24 GET /v1/orders',
  ],
])('a use is counted under secret, network and route together %#', (use, name) => {
  expect(useName(use)).toBe(name);
});

test('what was counted is read again, whatever the route is called, and others are nobody’s', () => {
  const part = fc.stringMatching(/^[0-9A-Za-z_-]{1,40}$/);
  const route = fc.string({ minLength: 1, maxLength: 100 });
  const api = fc.constantFrom({}, { apiId: 'api_8sK2mQ4vXz1b' });
  fc.assert(
    fc.property(api, part, fc.constantFrom('GET', 'OTHER'), route, (of, secretId, method, path) => {
      const name = useName({ ...record(secretId, '198.51.100.9', method, path), ...of });
      expect(useOf(name)).toEqual({ ...of, secretId, network: '198.51.100.0/24', method, route: path });
    }),
  );
  expect(useOf('other')).toBeUndefined();
});

test.each([
  ['12:00:00.000', 's1 00'],
  ['12:04:59.999', 's1 00'],
  ['12:05:00.000', 's1 05'],
  ['12:59:59.999', 's1 55'],
])('five minutes begin with their first millisecond: %s', (time, name) => {
  expect(stepName('s1', Date.parse(`2026-11-22T${time}Z`))).toBe(name);
});
