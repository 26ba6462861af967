import { expect, test } from '@jest/globals';
import { KEY_TYPES } from '../../../core/domain/usage/access-record.ts';

test('requests are counted by the three types of credentials that a caller can have', () => {
  expect(KEY_TYPES).toEqual(['publishable', 'secret', 'subscription']);
});
