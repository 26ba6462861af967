import { describe, expect, test } from '@jest/globals';
import { ENDING_KEYS } from '../../core/contract/deployment.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import { parseConfig } from '../../lib/config.ts';
import { preflight } from '../../lib/preflight.ts';
import type * as protectedApis from './protected-apis.ts';
import type * as synthesisModule from './synthesis.ts';
import { ACCOUNT_ID, SynthesizedStacks, synthesizeData } from './synthesized-stacks.ts';

const { protectIn } = loadOnce<typeof protectedApis>('../infra/protected-apis.ts');
const { stacksWith } = loadOnce<typeof synthesisModule>('../infra/synthesis.ts');

const HOME = 'eu-central-1';
const other = (region: string) => ({
  region,
  keyArn: `arn:aws:kms:${region}:${ACCOUNT_ID}:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`,
});
const THREE = { consistency: 'strong', regions: [HOME, other('eu-west-1'), other('eu-west-2')] };
const WITNESSED = { consistency: 'strong', regions: [HOME, other('eu-west-1')], witness: 'eu-west-3' };
const EVENTUAL = { regions: WITNESSED.regions };

const table = (settings: object, name = 'keywright') =>
  synthesizeData(settings).one('AWS::DynamoDB::GlobalTable', ({ TableName }) => TableName === name)
    .Properties;
const regionsOf = ({ Replicas }: Record<string, unknown>) =>
  (Replicas as { Region: string }[]).map(({ Region }) => Region).sort();

describe('a strongly consistent main table', () => {
  test.each([
    ['three Regions', THREE, ['eu-central-1', 'eu-west-1', 'eu-west-2'], undefined],
    ['two and a witness', WITNESSED, ['eu-central-1', 'eu-west-1'], [{ Region: 'eu-west-3' }]],
  ])('of %s has them all in the deployment that makes it', (_, settings, replicas, witnesses) => {
    const made = table(settings);
    expect(made).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(regionsOf(made)).toEqual(replicas);
    expect(made.GlobalTableWitnesses).toEqual(witnesses);
  });

  test('with a time-to-live or a local index fails on AWS, so has neither', () => {
    for (const settings of [THREE, WITNESSED]) {
      expect(table(settings).TimeToLiveSpecification).toBeUndefined();
      expect(table(settings).LocalSecondaryIndexes).toBeUndefined();
    }
    expect(table(EVENTUAL).TimeToLiveSpecification).toMatchObject({ Enabled: true });
    expect(table(EVENTUAL).MultiRegionConsistency).toBeUndefined();
  });

  test('is the only one: a strong audit table would fail on AWS by its transactions', () => {
    for (const name of ['keywright-audit', 'keywright-regional', 'keywright-usage']) {
      expect(table(WITNESSED, name).MultiRegionConsistency).toBeUndefined();
      expect(table(WITNESSED, name).GlobalTableWitnesses).toBeUndefined();
    }
    expect(regionsOf(table(WITNESSED, 'keywright-audit'))).toEqual(['eu-central-1', 'eu-west-1']);
  });
});

describe('what has ended there', () => {
  const mainTable = `arn:aws:dynamodb:${HOME}:${ACCOUNT_ID}:table/keywright`;
  const sweepOf = (settings: object) => {
    const control = new SynthesizedStacks(stacksWith(settings).get('KeywrightControl') ?? []);
    const { Environment, Role } = control.one('AWS::Lambda::Function', (properties) =>
      JSON.stringify(properties.Environment).includes('"POWERTOOLS_SERVICE_NAME":"sweep"'),
    ).Properties as { Environment: { Variables: Record<string, string> }; Role: string };
    const deletes = (pk: string, attributes = ['pk', 'sk', 'dueAt', 'ttl'], values = 'NONE') =>
      new IamPolicies(control.resources).allows(Role, {
        action: 'dynamodb:DeleteItem',
        resource: mainTable,
        context: {
          'dynamodb:LeadingKeys': [pk],
          'dynamodb:Attributes': attributes,
          'dynamodb:ReturnValues': values,
        },
      });
    return { control, deletes, variables: Environment.Variables };
  };
  const strong = sweepOf(WITNESSED);
  const eventual = sweepOf(EVENTUAL);
  const ending = ENDING_KEYS.map((pattern) => pattern.replace('2*', '2026-11-22').replace('*', 'a'));

  test('is deleted by the sweep, which may delete nothing else, and reads nothing by it', () => {
    expect(strong.variables.KEYWRIGHT_ENDS_ITEMS).toBe('true');
    for (const pk of ending) expect([pk, strong.deletes(pk)]).toEqual([pk, true]);
    const stays = ['CRED#a', 'TENANT#a', 'API#a', 'PRODUCT#a', 'APPROVAL#a', 'TEAM#a', 'ALIAS#v1#a', 'GAP#a'];
    for (const pk of [...stays, 'SIGNUP#signup_a', 'PERSON#a', 'ADDRESSEE#a', 'OPEN#a'])
      expect([pk, strong.deletes(pk)]).toEqual([pk, false]);
    expect(strong.deletes('SESSION#a', ['pk', 'sk', 'refreshToken'])).toBe(false);
    expect(strong.deletes('SESSION#a', ['pk', 'sk'], 'ALL_OLD')).toBe(false);
  });

  test('is left to the time-to-live where there is one, and nobody may delete', () => {
    expect(eventual.variables.KEYWRIGHT_ENDS_ITEMS).toBeUndefined();
    for (const pk of ending) expect([pk, eventual.deletes(pk)]).toEqual([pk, false]);
  });

  test('no alarm waits for a latency that DynamoDB does not measure of such a table', () => {
    const latencies = (of: SynthesizedStacks) =>
      of
        .ofType('AWS::CloudWatch::Alarm')
        .filter(({ Properties }) => Properties.MetricName === 'ReplicationLatency');
    expect(latencies(strong.control)).toEqual([]);
    expect(latencies(eventual.control)).toHaveLength(1);
  });
});

test('an operator’s authorizer there admits nobody by old records, wherever it is told of the consistency', () => {
  const stale = (settings: object) =>
    /"KEYWRIGHT_STALE_SECONDS":"(\d+)"/.exec(protectIn('eu-west-1', settings))?.[1];
  expect(stale(WITNESSED)).toBe('0');
  expect(stale(EVENTUAL)).toBe('60');
});

describe('before a deployment', () => {
  const found = async (settings: object, described: object | Error) =>
    await preflight(parseConfig(settings), async (service, operation, ...options) => {
      if (service === 'lambda')
        return { AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 } };
      expect([service, operation, ...options]).toEqual([
        'dynamodb',
        'describe-table',
        '--table-name',
        'keywright',
      ]);
      if (described instanceof Error) throw described;
      return { Table: described };
    });
  const missing = Object.assign(new Error('Command failed'), {
    stderr: 'An error occurred (ResourceNotFoundException) when calling the DescribeTable operation',
  });
  const strongTable = {
    MultiRegionConsistency: 'STRONG',
    Replicas: [{ RegionName: 'eu-west-1' }],
    GlobalTableWitnesses: [{ RegionName: 'eu-west-3' }],
  };

  test('a table that is not there stands in nothing’s way, nor does one that is as it is to be', async () => {
    expect(await found(WITNESSED, missing)).toEqual([]);
    expect(await found(WITNESSED, strongTable)).toEqual([]);
    const withItself = [...strongTable.Replicas, { RegionName: HOME }];
    expect(await found(WITNESSED, { ...strongTable, Replicas: withItself })).toEqual([]);
    expect(await found(EVENTUAL, {})).toEqual([]);
  });

  test.each([
    [
      'an eventually consistent table',
      WITNESSED,
      {},
      /^keywright\.consistency is "strong", and the table keywright/,
    ],
    [
      'a strongly consistent table',
      EVENTUAL,
      strongTable,
      /^keywright\.consistency is "eventual", and the table/,
    ],
    [
      'one in other Regions',
      THREE,
      strongTable,
      /eu-west-1, eu-west-2 beside eu-central-1.*is in eu-west-1, eu-west-3/,
    ],
  ])('%s stops what it can’t become', async (_, settings, described, text) => {
    expect(await found(settings, described)).toEqual([{ stops: true, text: expect.stringMatching(text) }]);
  });

  test('what can’t be known is no all-clear', async () => {
    await expect(found(WITNESSED, new Error('AccessDenied'))).rejects.toThrow('AccessDenied');
  });
});
