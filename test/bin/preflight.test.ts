import { expect, test } from '@jest/globals';
import type { AskAws } from '../../lib/ask-aws.ts';
import { parseConfig } from '../../lib/config.ts';
import { preflight } from '../../lib/preflight.ts';

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

const HERE = 'eu-west-1';
const KEY = `arn:aws:kms:${HERE}:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`;
const MOVED = {
  keyArn: KEY,
  streamArn: `arn:aws:dynamodb:${HERE}:111122223333:table/keywright/stream/2026-11-29T12:00:00.000`,
  pepperArn: `arn:aws:secretsmanager:${HERE}:111122223333:secret:keywright/pepper-AbCdEf`,
};
const SEALING = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const copyOf = (name: string) => ({
  Table: {
    TableStatus: 'ACTIVE',
    TableArn: `arn:aws:dynamodb:${HERE}:111122223333:table/${name}`,
    LatestStreamArn: MOVED.streamArn,
    SSEDescription: { KMSMasterKeyArn: KEY },
  },
});
/** What AWS answers in a Region that is ready to take over. */
const READY: Readonly<Record<string, unknown>> = {
  [`secretsmanager describe-secret ${MOVED.pepperArn}`]: { KmsKeyId: KEY },
  'dynamodb describe-table keywright': copyOf('keywright'),
  'dynamodb describe-table keywright-audit': copyOf('keywright-audit'),
  'dynamodb describe-table keywright-regional': copyOf('keywright-regional'),
  [`dynamodb get-resource-policy ${copyOf('keywright-audit').Table.TableArn}`]: {
    Policy: `{"Statement":["arn:aws:iam::111122223333:role/keywright-publisher-${HERE}"]}`,
  },
  [`kms describe-key ${SEALING}`]: { KeyMetadata: { Enabled: true } },
};
const moving =
  (answers: Readonly<Record<string, unknown>>): AskAws =>
  async (service, operation, ...options) => {
    if (service === 'lambda') return account(1000)(service, operation);
    const answer = { ...READY, ...answers }[`${service} ${operation} ${options[1]}`];
    if (answer !== undefined && answer !== null) return answer;
    throw Object.assign(new Error('aws failed'), { stderr: `(ResourceNotFoundException) no ${options[1]}` });
  };
const table = (name: string, changes: object) => ({ Table: { ...copyOf(name).Table, ...changes } });

test('a Region that is ready to take over has nothing in the way', async () => {
  const settings = { regions: [HERE], moved: MOVED, sealingKey: SEALING };
  expect(await found(settings, moving({}))).toEqual([]);
  expect(await found({ ...settings, sealingKey: undefined }, moving({}))).toEqual([
    { stops: false, text: expect.stringContaining('keywright.sealingKey is not set') },
  ]);
});

test.each([
  ['secretsmanager describe-secret', MOVED.pepperArn, null, /pepper.* is not there/],
  [
    'secretsmanager describe-secret',
    MOVED.pepperArn,
    { KmsKeyId: KEY, DeletedDate: 1 },
    /pepper.* is not there/,
  ],
  [
    'secretsmanager describe-secret',
    MOVED.pepperArn,
    { KmsKeyId: KEY, PrimaryRegion: 'eu-central-1' },
    /copy of the one in eu-central-1.*stop-replication-to-replica --region eu-west-1 --secret-id keywright\/pepper$/,
  ],
  [
    'secretsmanager describe-secret',
    MOVED.pepperArn,
    {},
    /The pepper .* AWS’s own key; expected arn:aws:kms/,
  ],
  ['dynamodb describe-table', 'keywright', null, /table keywright has no copy in eu-west-1/],
  [
    'dynamodb describe-table',
    'keywright',
    table('keywright', { TableStatus: 'UPDATING' }),
    /is UPDATING; wait/,
  ],
  [
    'dynamodb describe-table',
    'keywright',
    table('keywright', { SSEDescription: undefined }),
    /keywright is encrypted with AWS’s own/,
  ],
  [
    'dynamodb describe-table',
    'keywright',
    table('keywright', { LatestStreamArn: 'arn:another' }),
    /streamArn is .*; expected arn:another/,
  ],
  [
    'dynamodb describe-table',
    'keywright',
    table('keywright', { MultiRegionConsistency: 'STRONG' }),
    /is "eventual", and the table keywright is "strong"/,
  ],
  ['dynamodb describe-table', 'keywright-audit', null, /keywright-audit has no copy/],
  [
    'dynamodb get-resource-policy',
    copyOf('keywright-audit').Table.TableArn,
    null,
    /is not sealed.*put-resource-policy --region eu-west-1 .*"OnlyThePublisherWrites".*keywright-publisher-eu-west-1/,
  ],
  [
    'dynamodb get-resource-policy',
    copyOf('keywright-audit').Table.TableArn,
    { Policy: 'keywright-publisher-eu-central-1' },
    /is not sealed/,
  ],
  ['dynamodb describe-table', 'keywright-regional', null, /had no request plane, KeywrightRegion-eu-west-1/],
  ['kms describe-key', SEALING, { KeyMetadata: { Enabled: false } }, /has no replica that is enabled/],
])('what is not ready stops a move: %s %s', async (call, of, answer, text) => {
  const settings = { regions: [HERE], moved: MOVED, sealingKey: SEALING };
  expect(await found(settings, moving({ [`${call} ${of}`]: answer }))).toEqual([
    { stops: true, text: expect.stringMatching(text) },
  ]);
});
