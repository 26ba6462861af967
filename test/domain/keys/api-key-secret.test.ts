import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mintSecret, newSecretId } from '../../../core/domain/keys/api-key-secret.ts';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';
import { Pepper } from '../../../core/domain/keys/pepper.ts';

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }));
const keyFormat = new KeyFormat('acme');

test('a secret’s text is a key of its credential’s kind, environment and id, and only its digest is kept', () => {
  const id = fc.string({ unit: fc.constantFrom(...'09AZaz'), minLength: 12, maxLength: 12 });
  const type = fc.constantFrom('publishable' as const, 'secret' as const);
  const environment = fc.constantFrom('sandbox' as const, 'live' as const);
  fc.assert(
    fc.property(id, type, environment, (publicId, keyType, where) => {
      const key = { keyId: `key_${publicId}`, type: keyType, environment: where };
      const { text, secret } = mintSecret(key, { keyFormat, pepper, randomBytes });
      const kind = keyType === 'publishable' ? 'pk' : 'sk';
      expect(keyFormat.parse(text)).toEqual({ kind, environment: where, id: publicId, text });
      expect(pepper.verifies(text, secret.digest)).toBe(true);
      expect(secret.hint).toBe(text.slice(-4));
      expect(secret.id).toMatch(/^[0-9A-Za-z]{8}$/);
      expect(JSON.stringify(secret)).not.toContain(text.slice(-38));
    }),
  );
});

test('a secret’s id is drawn apart from its text', () => {
  let draws = 0;
  const counted = (count: number) => {
    draws += 1;
    return new Uint8Array(count).fill(draws);
  };
  const key = { keyId: 'key_yAlP9B8aUrgK', type: 'secret', environment: 'live' } as const;
  expect(mintSecret(key, { keyFormat, pepper, randomBytes: counted }).secret.id).toBe('2'.repeat(8));
  expect(newSecretId(() => new Uint8Array(16))).toBe('00000000');
});
