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

/**
 * A part that a thing may lack, given out to who may see the thing: to them alone it may be told which of the two is missing.
 * @param lacking a sentence: what there is not, and which operation makes it
 * @throws DomainError `not_found` for undefined, with that sentence
 */
export function foundPart<Value>(part: Value | undefined, lacking: string): Value {
  if (part === undefined) throw new DomainError('not_found', lacking);
  return part;
}
