import { describe, expect, test } from '@jest/globals';
import { Pepper } from '../../../core/domain/keys/pepper.ts';

const first = 'a'.repeat(64);
const second = 'b'.repeat(64);
const key = ['sk', 'live', 'yAlP9B8aUrgK57gdRzH4EI57OFDnbTDyizMfdmAfbhtu47MqW7'].join('_');

test('a digest made under an older version verifies while that version is kept', () => {
  const old = Pepper.parse(JSON.stringify({ current: 'v1', v1: first }));
  const rotated = Pepper.parse(JSON.stringify({ current: 'v2', v1: first, v2: second }));
  const without = Pepper.parse(JSON.stringify({ current: 'v2', v2: second }));
  const digest = old.digest(key);
  expect(rotated.verifies(key, digest)).toBe(true);
  expect(without.verifies(key, digest)).toBe(false);
  expect(rotated.digest(key)).toMatchObject({ pepper: 'v2' });
  expect(rotated.digest(key).hmac).not.toBe(digest.hmac);
});

test('a digest verifies its own key only, and under its own version only', () => {
  const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: first, v2: second }));
  const digest = pepper.digest(key);
  expect(pepper.verifies(`${key} `, digest)).toBe(false);
  expect(pepper.verifies(key, { ...digest, pepper: 'v2' })).toBe(false);
  expect(pepper.verifies(key, { ...digest, hmac: '' })).toBe(false);
  expect(digest.hmac).not.toContain(key.slice(20, 30));
});

describe('a pepper secret that is not one is refused without being quoted', () => {
  const secret = 'c'.repeat(40);
  test.each([
    ['no JSON', secret],
    ['no current', JSON.stringify({ v1: secret })],
    ['current without a version', JSON.stringify({ current: 'v2', v1: secret })],
    ['too short', JSON.stringify({ current: 'v1', v1: 'short' })],
    ['not a version name', JSON.stringify({ current: 'v1', v1: secret, x1: secret })],
    ['null', 'null'],
  ])('%s', (_, json) => {
    expect(() => Pepper.parse(json)).toThrow(TypeError);
    expect(() => Pepper.parse(json)).not.toThrow(secret);
  });
});
