import type * as z from 'zod';
import { DomainError, type Fault } from '../domain/ground/domain-error.ts';

/** As many faults of an input as are told. */
export const MOST_DETAILS = 50;

type Issue = z.core.$ZodIssue;

/** A field that nobody knows is named only where its name can be no key. */
export const UNKNOWN_NAME = /^[A-Za-z_-]{1,24}$/;
const PATH_NAME = /^[A-Za-z0-9_-]{1,40}$/;
const NO_FIELD = 'no such field';
const EXPECTED = 'expected ';
const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' items' };
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
/** How the schema language's own messages begin: they speak of its types and not to people. */
const NOT_OURS = /^(?:Invalid|Too (?:big|small)|Unrecognized)\b/;

/** What is wrong with an input, for the caller: everything, by name. Never repeats a value. */
export function invalidInput(error: z.ZodError): DomainError {
  // A misspelt field is also a missing one; its name says more.
  const isUnknown = ({ code }: Issue) => code === 'unrecognized_keys';
  const issues = [...error.issues.filter(isUnknown), ...error.issues.filter((issue) => !isUnknown(issue))];
  const faults = issues.flatMap(faultsOf);
  const [{ param, message } = { message: 'Invalid input' } as Fault] = faults;
  return new DomainError('invalid_request', message, {
    ...(param !== undefined && { param }),
    details: faults.slice(0, MOST_DETAILS),
  });
}

/** What is wrong with a value, in words: what was expected of it, and whether there is none. */
export function messageOf(issue: Issue): string {
  const told = innermost(issue);
  if (!NOT_OURS.test(told.message)) return told.message;
  return `${isMissing(told) ? 'missing; ' : ''}${EXPECTED}${expectedOf(told)}`;
}

/** Of a name in a map that is wrong, what is wrong with it. */
function innermost(issue: Issue): Issue {
  return issue.code === 'invalid_key' ? (issue.issues[0] ?? issue) : issue;
}

/** An issue holds no value, so it is its message that tells. */
function isMissing({ code, message }: Issue): boolean {
  return code === 'invalid_type' && message.endsWith('received undefined');
}

/** What an input should have been, without what it was. */
function expectedOf(outer: Issue): string {
  const issue = innermost(outer);
  if (issue.message.startsWith(EXPECTED)) return issue.message.slice(EXPECTED.length);
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(' | ');
    case 'too_big':
      return `at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'too_small':
      return `at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'invalid_format':
      return issue.pattern === undefined ? issue.format : `a text that matches ${issue.pattern}`;
    case 'invalid_union':
      return oneOf(issue.errors);
    default:
      return NOT_OURS.test(issue.message) ? 'another value' : issue.message;
  }
}

/** What each form of a value that has several expects of it. */
function oneOf(forms: readonly (readonly Issue[])[]): string {
  const whole = forms.flatMap((issues) => issues.filter(({ path }) => path.length === 0).map(expectedOf));
  return whole.length === 0 ? 'one of the forms in /openapi.json' : [...new Set(whole)].join(', or ');
}

function faultsOf(issue: Issue): Fault[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ ...fault(issue.path, messageOf(issue)), expected: expectedOf(issue) }];
  }
  return issue.keys.map((name) =>
    UNKNOWN_NAME.test(name)
      ? { ...fault([...issue.path, name], 'is not known here; leave it out', ' '), expected: NO_FIELD }
      : { message: 'A field is not known here; leave it out', expected: NO_FIELD },
  );
}

/** A name that the caller made up, in a map, may be anything: what it is in is named. */
function fault(path: Issue['path'], message: string, between = ': '): Fault {
  const names = path.map(String);
  const strange = names.findIndex((name) => !PATH_NAME.test(name));
  const param = (strange === -1 ? names : names.slice(0, strange)).join('.');
  return param === '' ? { message } : { param, message: `${param}${between}${message}` };
}
