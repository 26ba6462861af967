import { expect, test } from '@jest/globals';
import { parseConfig } from '../../lib/config.ts';
import { type AskAws, preflight } from '../../lib/preflight.ts';

/** An account with this many executions at once, of which these are free, and this log role. */
const account =
  (all: number, free = all, role?: string): AskAws =>
  async (service, operation) => {
    if (`${service} ${operation}` === 'lambda get-account-settings')
      return { AccountLimit: { ConcurrentExecutions: all, UnreservedConcurrentExecutions: free } };
    expect(`${service} ${operation}`).toBe('apigateway get-account');
    return role === undefined ? {} : { cloudwatchRoleArn: role };
  };
const found = async (settings: object, ask: AskAws) => await preflight(parseConfig(settings), ask);

test('an established account has nothing in the way', async () => {
  expect(await found({}, account(1000))).toEqual([]);
  expect(await found({ reservedConcurrency: { brake: 2, verify: 50 } }, account(1000))).toEqual([]);
  expect(await found({ demo: true }, account(1000))).toEqual([]);
});

test('a new account’s ten executions are told, and do not stop a deployment that keeps none', async () => {
  expect(await found({}, account(10))).toEqual([
    { stops: false, text: expect.stringMatching(/^Lambda runs 10 executions at once.*Service Quotas/) },
  ]);
});

test.each([
  [{ brake: 1 }, 10, 10, 0],
  [{ brake: 1 }, 100, 100, 0],
  [{ brake: 2, verify: 899 }, 1000, 1000, 900],
  [{ publisher: 5, usage: 5 }, 1000, 105, 5],
])(
  'executions that Lambda would refuse to keep stop it: %j of %i, %i free',
  async (kept, all, free, most) => {
    const findings = await found({ reservedConcurrency: kept }, account(all, free));
    expect(findings.filter(({ stops }) => stops)).toEqual([
      { stops: true, text: expect.stringContaining(`Keep at most ${most},`) },
    ]);
  },
);

test('what can just be kept does not stop it', async () => {
  expect(await found({ reservedConcurrency: { brake: 5 } }, account(1000, 105))).toEqual([]);
});

test('the demonstration’s log role: one that would be replaced is named, one that is missing stops it', async () => {
  const role = 'arn:aws:iam::111122223333:role/ours';
  expect(await found({ demo: true }, account(1000, 1000, role))).toEqual([
    { stops: false, text: expect.stringContaining(role) },
  ]);
  expect(await found({ demo: true, demoLogRole: false }, account(1000, 1000, role))).toEqual([]);
  expect(await found({ demo: true, demoLogRole: false }, account(1000))).toEqual([
    { stops: true, text: expect.stringContaining('demoLogRole is false') },
  ]);
  expect(await found({ demoLogRole: false }, account(1000))).toEqual([]);
});
