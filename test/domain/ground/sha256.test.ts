import { expect, test } from '@jest/globals';
import { sha256 } from '../../../core/domain/ground/sha256.ts';

test('the standard’s example, in either writing', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc')).toBe(abc);
  expect(sha256('abc', 'base64url')).toBe(Buffer.from(abc, 'hex').toString('base64url'));
  expect(sha256('ü')).toBe(sha256(Buffer.from('ü')));
});
