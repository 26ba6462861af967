import { DomainError } from './domain-error.ts';

/** The one answer for what does not exist and for what the person may not see: nothing tells them apart. */
export function notFound(): DomainError {
  return new DomainError('not_found', 'No such resource, or you may not see it');
}

/** @throws DomainError `not_found` for undefined */
export function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw notFound();
  return value;
}
