import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '../../../core/domain/ground/domain-error.ts';
import { found, foundPart, notFound } from '../../../core/domain/ground/not-found.ts';

test('what does not exist and what may not be seen have one answer, which names nothing', () => {
  expect(notFound()).toBeInstanceOf(DomainError);
  expect(notFound()).toMatchObject({
    code: 'not_found',
    message: 'No such resource, or you may not see it',
    param: undefined,
    details: undefined,
  });
});

test('whatever is there is given back as it is, however little it is', () => {
  expect(() => found(undefined)).toThrow(notFound());
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(null, 0, '', false, Number.NaN), fc.anything()), (value) => {
      fc.pre(value !== undefined);
      expect(Object.is(found(value), value)).toBe(true);
    }),
  );
});

test('of a thing that is there, the part that it lacks is named', () => {
  expect(foundPart('part', 'It has none')).toBe('part');
  expect(() => foundPart(undefined, 'It has none')).toThrow(new DomainError('not_found', 'It has none'));
});
