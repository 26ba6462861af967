import { expect, test } from '@jest/globals';
import { DomainError } from '../../../core/domain/ground/domain-error.ts';

test('an expected failure says what kind it is, what was wrong, where, and all that was wrong', () => {
  const cause = new Error('underneath');
  const details = [{ param: 'body.name', message: 'too long' }, { message: 'too many' }];
  const error = new DomainError('invalid_request', 'too long', { param: 'body.name', details, cause });
  expect(error).toBeInstanceOf(Error);
  expect({ ...error }).toEqual({
    name: 'DomainError',
    code: 'invalid_request',
    param: 'body.name',
    details,
  });
  expect([error.message, error.cause]).toEqual(['too long', cause]);
  expect(String(error)).toBe('DomainError: too long');
});

test('one that is about no field names none', () => {
  const error = new DomainError('not_found', 'nothing there');
  expect([error.code, error.param, error.details, error.cause]).toEqual([
    'not_found',
    undefined,
    undefined,
    undefined,
  ]);
});
