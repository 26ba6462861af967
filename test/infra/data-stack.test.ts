import { describe, expect, test } from '@jest/globals';
import { TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { SUBSCRIPTION_STATES } from '../../core/domain/products/subscription.ts';
import { itemKey, statePartition, statePartitions } from '../../core/store/item-keys.ts';
import { dataApp, synthesizeData, templatesOf } from './synthesized-stacks.ts';

const stacks = synthesizeData({});
const key = stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === undefined);
const keyArn = `arn:aws:kms:eu-central-1:111122223333:key/${key.PhysicalId}`;
const table = (name: string, of = stacks) =>
  of.one('AWS::DynamoDB::GlobalTable', ({ TableName }) => TableName === name).Properties;

describe('every table', () => {
  test.each(['keywright', 'keywright-regional', 'keywright-audit', 'keywright-usage'])(
    '%s is on demand, restorable, protected from deletion, and encrypted with our own key',
    (name) => {
      expect(table(name)).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        Replicas: [
          {
            Region: 'eu-central-1',
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            SSESpecification: { KMSMasterKeyId: keyArn },
          },
        ],
      });
    },
  );
});

test('the main table streams both images and lets items expire', () => {
  expect(table('keywright')).toMatchObject({
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
    GlobalSecondaryIndexes: [
      { IndexName: 'list' },
      { IndexName: 'subscriptions', Projection: { ProjectionType: 'INCLUDE' } },
      { IndexName: 'alerts', Projection: { ProjectionType: 'INCLUDE' } },
      { IndexName: 'due', Projection: { ProjectionType: 'KEYS_ONLY' } },
      { IndexName: 'names', Projection: { ProjectionType: 'KEYS_ONLY' } },
      { IndexName: 'hints', Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  });
});

test('the regional table streams both images, and all of it may expire', () => {
  expect(table('keywright-regional')).toMatchObject({
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
  });
});

test('no index holds back the table’s writes by one hot partition: none has a key of few values such as a state', () => {
  const indexes = table('keywright').GlobalSecondaryIndexes as {
    IndexName: string;
    KeySchema: { AttributeName: string; KeyType: string }[];
    Projection: { NonKeyAttributes?: string[] };
  }[];
  const hashes = indexes.map(({ IndexName, KeySchema }) => [
    IndexName,
    KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName,
  ]);
  expect(Object.fromEntries(hashes)).toEqual({
    list: 'listPk',
    subscriptions: 'subscriptionPk',
    alerts: 'alertPk',
    due: 'duePk',
    names: 'namePk',
    hints: 'hintKey',
  });
  for (const { Projection } of indexes.slice(1)) {
    expect(Projection.NonKeyAttributes ?? []).not.toContain('lastEvent');
    // «Service, account, and table quotas»: 100 of all indexes of a table together.
    expect((Projection.NonKeyAttributes ?? []).length).toBeLessThan(40);
  }
  for (const state of [...SUBSCRIPTION_STATES, 'open', 'acknowledged']) {
    const partitions = statePartitions(state);
    expect(new Set(partitions).size).toBe(8);
    const used = new Set(
      Array.from({ length: 1000 }, (_, i) =>
        statePartition(itemKey.credential(`${i}`.padStart(12, '0')), state),
      ),
    );
    expect([...used].sort()).toEqual([...partitions].sort());
  }
});

test('the key rotates', () => {
  expect(key.Properties.EnableKeyRotation).toBe(true);
});

test('heads of audit chains are signed by a key of their own and kept for ever', () => {
  const signing = stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === 'SIGN_VERIFY');
  expect(signing).toMatchObject({ Properties: { KeySpec: 'ECC_NIST_P256' } });
  const { Properties } = stacks.one(
    'AWS::Logs::LogGroup',
    ({ LogGroupName }) => LogGroupName === '/keywright/audit-anchors',
  );
  expect(Properties.DeletionProtectionEnabled).toBe(true);
  expect(Properties.RetentionInDays).toBeUndefined();
});

const isPepper = ({ Name }: Record<string, unknown>) => Name === 'keywright/pepper';

test('any edit of GenerateSecretString rewrites the pepper on AWS, and every key is refused', () => {
  const [template] = templatesOf(dataApp({}));
  const peppers = Object.entries(template?.Resources ?? {}).filter(
    ([, { Type, Properties }]) =>
      Type === 'AWS::SecretsManager::Secret' && Properties?.Name !== 'keywright/portal-client-secret',
  );
  // Another logical id or another name is another secret. These stay what they are, for ever.
  expect(peppers.map(([id]) => id)).toEqual(['Pepper2B9638F2']);
  const { Properties } = stacks.one('AWS::SecretsManager::Secret', isPepper);
  expect(Properties.Name).toBe('keywright/pepper');
  expect(Properties.GenerateSecretString).toEqual({
    SecretStringTemplate: '{"current":"v1"}',
    GenerateStringKey: 'v1',
    PasswordLength: 64,
    ExcludePunctuation: true,
  });
  expect(Properties.SecretString).toBeUndefined();
});

test('the pepper is encrypted with our own key', () => {
  expect(stacks.one('AWS::SecretsManager::Secret', isPepper).Properties.KmsKeyId).toBe(keyArn);
});

test('the bus keeps every event for replay', () => {
  expect(stacks.one('AWS::Events::EventBus').Properties).toMatchObject({ Name: 'keywright' });
  expect(stacks.one('AWS::Events::Archive').Properties).toMatchObject({
    RetentionDays: 365,
    EventPattern: { source: ['keywright'] },
  });
});

describe('replicas', () => {
  const replicaKey = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f';
  const replicated = synthesizeData({
    regions: ['eu-central-1', { region: 'eu-west-1', keyArn: replicaKey }],
  });

  test.each(['keywright', 'keywright-audit'])('%s has one in each Region, under that key', (name) => {
    const replicas = table(name, replicated).Replicas as { Region: string; SSESpecification: object }[];
    expect(replicas.map(({ Region }) => Region).sort()).toEqual(['eu-central-1', 'eu-west-1']);
    expect(replicas.find(({ Region }) => Region === 'eu-west-1')?.SSESpecification).toEqual({
      KMSMasterKeyId: replicaKey,
    });
  });

  test('usage has none: counters of two Regions would overwrite one another', () => {
    for (const name of ['keywright-usage', 'keywright-regional'])
      expect(table(name, replicated).Replicas).toHaveLength(1);
  });

  test('the pepper goes with the tables', () => {
    expect(replicated.one('AWS::SecretsManager::Secret', isPepper).Properties.ReplicaRegions).toEqual([
      { Region: 'eu-west-1', KmsKeyId: replicaKey },
    ]);
  });

  interface Replica {
    readonly Region: string;
    readonly ResourcePolicy?: {
      readonly PolicyDocument: { readonly Statement: readonly { Sid: string; Resource: string }[] };
    };
  }
  const copies = (sealed: boolean) =>
    table(
      'keywright-audit',
      synthesizeData({
        regions: ['eu-central-1', { region: 'eu-west-1', keyArn: replicaKey, sealed }],
      }),
    ).Replicas as Replica[];

  test('a policy on a replica in the update that makes it fails on AWS: a copy has none until it is sealed', () => {
    const withPolicy = (sealed: boolean) =>
      copies(sealed)
        .filter(({ ResourcePolicy }) => ResourcePolicy !== undefined)
        .map(({ Region }) => Region)
        .sort();
    expect(withPolicy(false)).toEqual(['eu-central-1']);
    expect(withPolicy(true)).toEqual(['eu-central-1', 'eu-west-1']);
  });

  test('each sealed copy of the audit table is append-only', () => {
    for (const { Region, ResourcePolicy } of copies(true)) {
      const Statement = ResourcePolicy?.PolicyDocument.Statement ?? [];
      expect(Statement.map(({ Sid }) => Sid)).toEqual([
        'NobodyChangesOrDeletes',
        'NobodyChangesOrDeletesOtherwise',
        'OnlyThePublisherWrites',
      ]);
      expect(new Set(Statement.map(({ Resource }) => Resource))).toEqual(
        new Set([`arn:aws:dynamodb:${Region}:111122223333:table/keywright-audit`]),
      );
    }
  });
});

test.each([
  ['without replicas', {}],
  ['where records end', { auditRetentionDays: 30 }],
])(
  'a statement that denies DynamoDB’s replication role stops replication on AWS: none does, %s',
  (_, settings) => {
    const [main] = table('keywright-audit', synthesizeData(settings)).Replicas as {
      ResourcePolicy: { PolicyDocument: { Statement: { Condition?: object }[] } };
    }[];
    const statements = main?.ResourcePolicy.PolicyDocument.Statement ?? [];
    const role =
      'arn:aws:iam::111122223333:role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication';
    expect(statements).toHaveLength(3);
    for (const { Condition } of statements) {
      const { 'aws:PrincipalArn': exempt } = (Condition as { ArnNotEquals: Record<string, unknown> })
        .ArnNotEquals;
      expect([exempt].flat()).toContain(role);
    }
  },
);

test('without deletion protection everything goes with its stack', () => {
  const unprotected = synthesizeData({ deletionProtection: false });
  const replicas = table('keywright', unprotected).Replicas as { DeletionProtectionEnabled: boolean }[];
  expect(replicas.map((replica) => replica.DeletionProtectionEnabled)).toEqual([false]);
});
