import { describe, expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import type * as synthesisModule from './synthesis.ts';
import { ACCOUNT_ID, SynthesizedStacks } from './synthesized-stacks.ts';

const { stacksWith } = loadOnce<typeof synthesisModule>('../infra/synthesis.ts');

const [HOME, HERE] = ['eu-central-1', 'eu-west-1'];
const SEALING_KEY = 'mrk-1234abcd12ab34cd56ef1234567890ab';
const keyArn = `arn:aws:kms:${HERE}:${ACCOUNT_ID}:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`;
const stacks = stacksWith({ regions: [HOME, { region: HERE, keyArn }], sealingKey: SEALING_KEY });
const all = [...stacks.values()].flat();
const policies = new IamPolicies(all);
const dataKey = new SynthesizedStacks(stacks.get('KeywrightData') ?? []).one(
  'AWS::KMS::Key',
  ({ KeyUsage }) => KeyUsage === undefined,
);
const dataKeyArn = `arn:aws:kms:${HOME}:${ACCOUNT_ID}:key/${dataKey.PhysicalId}`;
const sealingKeyIn = (region: string) => `arn:aws:kms:${region}:${ACCOUNT_ID}:key/${SEALING_KEY}`;

const variablesOf = ({ Properties }: TemplateResource) =>
  (Properties.Environment as { Variables: Record<string, string> } | undefined)?.Variables ?? {};
const functions = all
  .filter(({ Type }) => Type === 'AWS::Lambda::Function')
  .map((resource) => ({
    name: `${variablesOf(resource).POWERTOOLS_SERVICE_NAME} ${resource.PhysicalId}`,
    variables: variablesOf(resource),
    role: String(resource.Properties.Role),
  }));
const SEALING = functions.filter(({ variables }) => 'KEYWRIGHT_SECRETS_KEY' in variables);
const PURPOSES: Record<string, string>[] = [
  { 'kms:EncryptionContext:owner': 'sub_a', 'kms:EncryptionContext:slot': 'primary' },
  { 'kms:EncryptionContext:owner': 'api_a', 'kms:EncryptionContext:slot': 'clientKey' },
  { 'kms:EncryptionContext:owner': 'api_a', 'kms:EncryptionContext:slot': 'publicClientKey' },
  { 'kms:EncryptionContext:session': 'session_a' },
];
/** What of all purposes a role may do with a key. */
const mayWith = (role: string, key: string, action: string) =>
  PURPOSES.filter((context) => policies.allows(role, { action: `kms:${action}`, resource: key, context }));

test('the functions that seal are these, all of the control plane', () => {
  expect([...new Set(SEALING.map(({ variables }) => variables.POWERTOOLS_SERVICE_NAME))].sort()).toEqual([
    'apis',
    'approvals',
    'products',
    'rotation',
    'session',
    'subscriptions',
  ]);
});

describe.each(SEALING)('$name', ({ variables, role }) => {
  test('is told of both keys, seals with the one and opens with both', () => {
    expect([variables.KEYWRIGHT_SECRETS_KEY, variables.KEYWRIGHT_SECRETS_KEY_BEFORE]).toEqual([
      sealingKeyIn(HOME),
      dataKeyArn,
    ]);
    const opened = mayWith(role, sealingKeyIn(HOME), 'Decrypt');
    expect([...opened, ...mayWith(role, sealingKeyIn(HOME), 'Encrypt')]).not.toEqual([]);
    expect(mayWith(role, dataKeyArn, 'Decrypt')).toEqual(opened);
    expect(mayWith(role, dataKeyArn, 'Encrypt')).toEqual([]);
  });

  test('opens for what it is told, and for nothing in general', () => {
    for (const key of [sealingKeyIn(HOME), dataKeyArn])
      expect(policies.allows(role, { action: 'kms:Decrypt', resource: key, context: {} })).toBe(false);
  });
});

test.each(functions)(
  '$name uses the key in no other Region, and nobody else uses it at all',
  ({ role, variables }) => {
    for (const action of ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ScheduleKeyDeletion'])
      expect(mayWith(role, sealingKeyIn(HERE), action)).toEqual([]);
    if ('KEYWRIGHT_SECRETS_KEY' in variables) return;
    for (const action of ['Encrypt', 'Decrypt'])
      expect(mayWith(role, sealingKeyIn(HOME), action)).toEqual([]);
  },
);

test('no stack makes the key, so none takes it along', () => {
  expect(all.filter(({ PhysicalId }) => PhysicalId === SEALING_KEY)).toEqual([]);
});
