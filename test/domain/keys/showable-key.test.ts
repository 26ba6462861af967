import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import { mintShowable, neededFor } from '../../../core/domain/keys/showable-key.ts';

const versions = { v1: 'a'.repeat(64), v2: 'b'.repeat(64) };
const pepper = Pepper.parse(JSON.stringify({ current: 'v1', ...versions }));
const keyFormat = new KeyFormat('acme');
const mint = { keyFormat, pepper, randomBytes };

test.each([
  ['sub', 'sub_yAlP9B8aUrgK', 'sandbox'],
  ['ck', 'api_yAlP9B8aUrgK', 'live'],
] as const)('a new key of kind %s is of its owner %s in %s', (kind, owner, environment) => {
  const { text, digest, hint } = mintShowable(kind, owner, environment, mint);
  expect(keyFormat.parse(text)).toEqual({ kind, environment, id: 'yAlP9B8aUrgK', text });
  expect([pepper.verifies(text, digest), hint]).toEqual([true, text.slice(-4)]);
});

test('a text is needed for a digest that it was made from, and for one that can’t be told any more', () => {
  const digests = [pepper.digest('one'), pepper.digest('two')];
  const isNeeded = neededFor(digests, pepper);
  expect([isNeeded('one'), isNeeded('two'), isNeeded('three')]).toEqual([true, true, false]);
  expect(neededFor([], pepper)('one')).toBe(false);
  const forgetful = Pepper.parse(JSON.stringify({ current: 'v2', v2: versions.v2 }));
  expect(neededFor(digests, forgetful)('three')).toBe(true);
});
