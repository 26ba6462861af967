import { expect, test } from '@jest/globals';
import { KEY_TYPES, keyTypeOf, publicIdOf, subjectOf } from '../../../core/domain/products/credential.ts';

test('requests are counted by the three types of credentials that a caller can have', () => {
  expect(KEY_TYPES).toEqual(['publishable', 'secret', 'subscription']);
  expect([keyTypeOf({ type: 'secret' }), keyTypeOf({ type: 'publishable' }), keyTypeOf({})]).toEqual([
    ...['secret', 'publishable', 'subscription'],
  ]);
});

test('a credential is named by its own id, a subscription’s never as a key’s', () => {
  expect(publicIdOf({ type: 'secret', keyId: 'key_yAlP9B8aUrgK' })).toBe('key_yAlP9B8aUrgK');
  expect(publicIdOf({ subscriptionId: 'sub_yAlP9B8aUrgK' })).toBe('sub_yAlP9B8aUrgK');
});

test('events name a credential by what it is', () => {
  expect(subjectOf('key_yAlP9B8aUrgK')).toEqual({ type: 'apiKey', id: 'key_yAlP9B8aUrgK' });
  expect(subjectOf('sub_yAlP9B8aUrgK')).toEqual({ type: 'subscription', id: 'sub_yAlP9B8aUrgK' });
});
