import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  evaluatePolicy,
  matchesWildcard,
  type PolicyStatement,
  parsePolicy,
} from '../../emulator/api-gateway/policy.ts';

const ARN = 'arn:aws:execute-api:eu-central-1:000000000000:abc/live/GET/v1/orders';
const letter = fc.constantFrom('a', 'b', '/', ':', '.');
const text = fc.string({ unit: letter, maxLength: 8 });
const pattern = fc.string({ unit: fc.oneof(letter, fc.constantFrom('*', '?')), maxLength: 8 });

/** The definition of a wildcard, word for word. */
function matches(wildcard: string, subject: string): boolean {
  const [head, rest] = [wildcard[0], wildcard.slice(1)];
  if (head === undefined) return subject === '';
  if (head !== '*')
    return subject !== '' && (head === '?' || head === subject[0]) && matches(rest, subject.slice(1));
  return Array.from({ length: subject.length + 1 }, (_, i) => subject.slice(i)).some((tail) =>
    matches(rest, tail),
  );
}

describe('wildcards', () => {
  test('mean what their definition says', () => {
    fc.assert(
      fc.property(pattern, text, (wildcard, subject) => {
        expect(matchesWildcard(wildcard, subject)).toBe(matches(wildcard, subject));
      }),
      { numRuns: 2000 },
    );
  });

  test('take no exponential time', () => {
    const startedAt = process.cpuUsage().user;
    expect(matchesWildcard('*a'.repeat(200), `${'a'.repeat(2000)}b`)).toBe(false);
    expect(process.cpuUsage().user - startedAt).toBeLessThan(2_000_000);
  });
});

describe('a policy', () => {
  const statement: fc.Arbitrary<PolicyStatement> = fc.record({
    effect: fc.constantFrom('Allow', 'Deny'),
    actions: fc.array(
      fc.constantFrom('execute-api:Invoke', 'execute-api:*', '*', 'EXECUTE-API:INVOKE', 's3:*'),
      { maxLength: 2 },
    ),
    resources: fc.array(pattern, { maxLength: 3 }),
  });

  test('allows when something allows and nothing denies', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), text, (statements, resource) => {
        const says = (effect: string) =>
          statements.some(
            (candidate) =>
              candidate.effect === effect &&
              candidate.actions.some((action) => action !== 's3:*') &&
              candidate.resources.some((wildcard) => matches(wildcard, resource)),
          );
        const expected = says('Deny') ? 'explicit deny' : says('Allow') ? 'allow' : 'implicit deny';
        expect(evaluatePolicy(statements, resource)).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('is case-sensitive in resources and not in actions', () => {
    const allow = (Action: string, Resource: string) =>
      evaluatePolicy(parsePolicy({ Statement: [{ Effect: 'Allow', Action, Resource }] }) ?? [], ARN);
    expect(allow('Execute-API:invoke', ARN)).toBe('allow');
    expect(allow('execute-api:Invoke', ARN.toUpperCase())).toBe('implicit deny');
  });

  test.each([
    ['text', 'Allow'],
    ['without statements', {}],
    ['with an unknown effect', { Statement: [{ Effect: 'allow', Action: '*', Resource: '*' }] }],
    ['without resources', { Statement: [{ Effect: 'Allow', Action: '*' }] }],
    ['with NotResource', { Statement: [{ Effect: 'Allow', Action: '*', NotResource: '*' }] }],
    ['with a condition', { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: {} }] }],
    ['with one bad statement of two', { Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }, null] }],
  ])('that can not be evaluated is none at all: %s', (_, document) => {
    expect(parsePolicy(document)).toBeNull();
  });
});
