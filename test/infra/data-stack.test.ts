import { describe, expect, test } from '@jest/globals';
import { TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { synthesizeData } from './synthesized-stacks.ts';

const stacks = synthesizeData({});
const key = stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === undefined);
const keyArn = `arn:aws:kms:eu-central-1:111122223333:key/${key.PhysicalId}`;
const table = (name: string, of = stacks) =>
  of.one('AWS::DynamoDB::GlobalTable', ({ TableName }) => TableName === name).Properties;

describe('every table', () => {
  test.each(['keywright', 'keywright-audit', 'keywright-usage'])(
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
      { IndexName: 'subscriptions' },
      { IndexName: 'alerts' },
      { IndexName: 'due', Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  });
});

test('the key rotates', () => {
  expect(key.Properties.EnableKeyRotation).toBe(true);
});

test('heads of audit chains are signed by a key of their own and kept for ever', () => {
  const signing = stacks.one('AWS::KMS::Key', ({ KeyUsage }) => KeyUsage === 'SIGN_VERIFY');
  expect(signing).toMatchObject({ Properties: { KeySpec: 'ECC_NIST_P256' } });
  const { Properties } = stacks.one('AWS::Logs::LogGroup');
  expect(Properties).toMatchObject({
    LogGroupName: '/keywright/audit-anchors',
    DeletionProtectionEnabled: true,
  });
  expect(Properties.RetentionInDays).toBeUndefined();
});

test('the pepper starts as version 1 with 64 random letters and digits, under our own key', () => {
  const { Properties } = stacks.one('AWS::SecretsManager::Secret');
  expect(Properties).toMatchObject({
    Name: 'keywright/pepper',
    KmsKeyId: keyArn,
    GenerateSecretString: {
      SecretStringTemplate: '{"current":"v1"}',
      GenerateStringKey: 'v1',
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  });
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
    region: 'eu-central-1',
    replicas: [{ region: 'eu-west-1', keyArn: replicaKey }],
  });

  test.each(['keywright', 'keywright-audit'])('%s has one in each Region, under that key', (name) => {
    const replicas = table(name, replicated).Replicas as { Region: string; SSESpecification: object }[];
    expect(replicas.map(({ Region }) => Region).sort()).toEqual(['eu-central-1', 'eu-west-1']);
    expect(replicas.find(({ Region }) => Region === 'eu-west-1')?.SSESpecification).toEqual({
      KMSMasterKeyId: replicaKey,
    });
  });

  test('usage has none: counters of two Regions would overwrite one another', () => {
    expect(table('keywright-usage', replicated).Replicas).toHaveLength(1);
  });

  test('the pepper goes with the tables', () => {
    expect(replicated.one('AWS::SecretsManager::Secret').Properties.ReplicaRegions).toEqual([
      { Region: 'eu-west-1', KmsKeyId: replicaKey },
    ]);
  });

  test('each copy of the audit table is append-only', () => {
    const replicas = table('keywright-audit', replicated).Replicas as {
      Region: string;
      ResourcePolicy: { PolicyDocument: { Statement: { Sid: string; Resource: string }[] } };
    }[];
    for (const { Region, ResourcePolicy } of replicas) {
      const { Statement } = ResourcePolicy.PolicyDocument;
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

test('without deletion protection everything goes with its stack', () => {
  const unprotected = synthesizeData({ deletionProtection: false });
  const replicas = table('keywright', unprotected).Replicas as { DeletionProtectionEnabled: boolean }[];
  expect(replicas.map((replica) => replica.DeletionProtectionEnabled)).toEqual([false]);
});
