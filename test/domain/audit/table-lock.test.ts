import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditTablePolicy } from '../../../core/contract/audit-policy.ts';
import { checkLock } from '../../../core/domain/audit/table-lock.ts';

const PLACE = {
  partition: 'aws',
  region: 'eu-central-1',
  accountId: '111122223333',
  tableName: 'keywright-audit',
  recordsEnd: false,
};
const expected = auditTablePolicy(PLACE);
type Statement = Record<string, unknown>;
const statements = (): Statement[] => structuredClone(expected) as unknown as Statement[];
const policy = (Statement: unknown) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('the policy on the audit table', () => {
  test('is intact as it was deployed, and as AWS may write it', () => {
    expect(checkLock(expected, policy(expected))).toEqual({ state: 'intact', differences: [] });
    const rewritten = statements()
      .reverse()
      .map(({ Sid, Action, Principal, Condition, ...rest }) => {
        const actions = (Action as string[]).toReversed();
        const exempt = (Condition as { ArnNotEquals: Record<string, string[]> }).ArnNotEquals[
          'aws:PrincipalArn'
        ];
        return {
          Condition: {
            ArnNotEquals: { 'aws:PrincipalArn': exempt?.length === 1 ? exempt[0] : exempt?.toReversed() },
          },
          Action: actions.length === 1 ? actions[0] : actions,
          Principal: { AWS: '*' },
          Sid: `${Sid}Again`,
          ...rest,
        };
      });
    expect(checkLock(expected, policy(rewritten)).state).toBe('intact');
  });

  test('where records end is another one, either way round', () => {
    const ends = auditTablePolicy({ ...PLACE, recordsEnd: true });
    expect(checkLock(expected, policy(ends)).state).toBe('changed');
    expect(checkLock(ends, policy(expected)).state).toBe('changed');
  });

  test.each<[string, (all: Statement[]) => unknown, RegExp]>([
    ['a statement less', (all) => all.slice(1), /NobodyChangesOrDeletes is missing/],
    ['no statement', () => [], /OnlyThePublisherWrites is missing/],
    [
      'an action less',
      ([a, ...r]) => [{ ...a, Action: [a?.Action].flat().slice(1) }, ...r],
      /missing, or was/,
    ],
    [
      'one more that is exempt',
      ([a, ...r]) => [
        a,
        ...r.map((each) => ({
          ...each,
          Condition: { ArnNotEquals: { 'aws:PrincipalArn': ['a', 'b', '*'] } },
        })),
      ],
      /OnlyThePublisherWrites is missing, or was changed/,
    ],
    [
      'a condition that never holds',
      ([a, ...r]) => [{ ...a, Condition: { Bool: { x: 'true' } } }, ...r],
      /changed/,
    ],
    [
      'an Allow beside it',
      (all) => [...all, { Sid: 'Friend', Effect: 'Allow', Action: '*' }],
      /an Allow \(Friend\)/,
    ],
    [
      'a Deny beside it',
      (all) => [...all, { Effect: 'Deny', Action: '*' }],
      /a statement \(without a name\)/,
    ],
    ['another table', (all) => all.map((each) => ({ ...each, Resource: 'arn:x' })), /missing/],
    ['NotAction', ([{ Action, ...a } = {}, ...r]) => [{ ...a, NotAction: Action }, ...r], /missing/],
    ['an Allow in the place of a Deny', ([a, ...r]) => [{ ...a, Effect: 'Allow' }, ...r], /missing/],
  ])('%s is told', (_, change, difference) => {
    const { state, differences } = checkLock(expected, policy(change(statements())));
    expect(state).toBe('changed');
    expect(differences.join('; ')).toMatch(difference);
  });

  test('that can’t be read is changed, and nothing of what stands there is told', () => {
    for (const live of ['', 'no JSON', '{}', '{"Statement":"x"}', '{"Statement":[null]}', 'null']) {
      expect(checkLock(expected, live).state).toBe('changed');
    }
    const hostile = [{ Sid: '\u001b[2Jall is well', Effect: 'Allow' }];
    expect(checkLock([], policy(hostile)).differences).toEqual([
      'an Allow (without a name) is none that Keywright put there',
    ]);
  });

  test('any change of one value is found, whatever it is', () => {
    const text = JSON.stringify(expected);
    const strings = [...text.matchAll(/"(dynamodb:|arn:|Deny|\*)[^"]*"/g)];
    fc.assert(
      fc.property(fc.nat(strings.length - 1), fc.string({ minLength: 1 }), (at, other) => {
        const found = strings[at];
        const [whole = ''] = found ?? [];
        fc.pre(JSON.stringify(other).toLowerCase() !== whole.toLowerCase());
        const index = found?.index ?? 0;
        const changed = `${text.slice(0, index)}${JSON.stringify(other)}${text.slice(index + whole.length)}`;
        expect(checkLock(expected, `{"Statement":${changed}}`).state).toBe('changed');
      }),
      { numRuns: 200 },
    );
  });
});
