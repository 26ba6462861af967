import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CAUSES } from '../../../core/domain/decision/causes.ts';
import { CHECK_NAMES, explain } from '../../../core/domain/decision/explanation.ts';

/** What is decided by no check. */
const UNCHECKED = ['no_context', 'unknown_api', 'unavailable'];
const failedOf = (cause: string) => explain(cause).checks.findIndex(({ result }) => result === 'failed');

test.each(Object.keys(CAUSES))(
  '%s fails at one check: those before it passed, none after was reached',
  (cause) => {
    const { checks, mend } = explain(cause);
    const failed = failedOf(cause);
    if (UNCHECKED.includes(cause)) expect(checks).toEqual([]);
    else {
      expect(checks.map(({ check }) => check)).toEqual(CHECK_NAMES);
      const results = CHECK_NAMES.map((_, i) =>
        i < failed ? 'passed' : i === failed ? 'failed' : 'not_reached',
      );
      expect(checks.map(({ result }) => result)).toEqual(results);
    }
    expect(mend.text).toMatch(/^[A-Z].*\.$/);
  },
);

test('checks come in the order in which requests are checked', () => {
  const source = readFileSync(new URL('../../../core/domain/decision/checks.ts', import.meta.url), 'utf8');
  const table = source.slice(source.indexOf('export const CHECKS'));
  const places = Object.keys(CAUSES)
    .filter((cause) => !UNCHECKED.includes(cause) && table.includes(`'${cause}'`))
    .map((cause) => ({ cause, at: table.indexOf(`'${cause}'`), failed: failedOf(cause) }))
    .sort((a, b) => a.at - b.at);
  expect(places.length).toBeGreaterThan(14);
  expect(places.map(({ failed }) => failed)).toEqual(
    places.map(({ failed }) => failed).toSorted((a, b) => a - b),
  );
});

test('a cause of another version has no checks, and names that every object has are none', () => {
  for (const cause of ['constructor', '__proto__', 'newer']) expect(explain(cause).checks).toEqual([]);
});
