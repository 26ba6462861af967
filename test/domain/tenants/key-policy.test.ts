import { expect, test } from '@jest/globals';
import { mergePolicies } from '../../../core/domain/tenants/key-policy.ts';

const POLICIES = { sandbox: { cidrRequired: true }, live: { expiryRequired: true, rotateEveryDays: 30 } };

test.each([
  ['nothing stays as it is', POLICIES, undefined, POLICIES],
  [
    'an environment is replaced whole',
    POLICIES,
    { live: { maxLifetimeDays: 1 } },
    { ...POLICIES, live: { maxLifetimeDays: 1 } },
  ],
  ['null takes one away', POLICIES, { live: null }, { sandbox: POLICIES.sandbox }],
  ['a rule that asks for nothing is none', undefined, { live: { expiryRequired: false } }, undefined],
  ['the last one gone leaves nothing', POLICIES, { live: null, sandbox: {} }, undefined],
  [
    'an overlap of none may be asked for',
    undefined,
    { live: { maxOverlapSeconds: 0 } },
    { live: { maxOverlapSeconds: 0 } },
  ],
])('%s', (_, before, change, after) => {
  expect(mergePolicies(before, change)).toEqual(after);
});
