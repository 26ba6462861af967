import { expect, test } from '@jest/globals';
import { dataApp, synthesize, synthesizeData } from './synthesized-stacks.ts';

const governed = { mode: 'governance', retentionDays: 2557 };
const stacks = synthesize({ auditArchive: governed });
const bucket = stacks.one('AWS::S3::Bucket');
const bucketArn = `arn:aws:s3:::${bucket.PhysicalId}`;
const stream = stacks.one('AWS::KinesisFirehose::DeliveryStream');
const { ExtendedS3DestinationConfiguration: destination } = stream.Properties as {
  ExtendedS3DestinationConfiguration: { RoleARN: string; BucketARN: string };
};
const role = stacks.one('AWS::IAM::Role', ({ Description }) => /audit archive/.test(String(Description)));
interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: object;
}
const statementsOf = (policy: unknown) => (policy as { Statement: Statement[] }).Statement;

test('is not there unless it is asked for', () => {
  const without = synthesize({});
  expect(without.ofType('AWS::S3::Bucket')).toEqual([]);
  expect(without.ofType('AWS::KinesisFirehose::DeliveryStream')).toEqual([]);
});

test.each([
  ['governance', 'GOVERNANCE'],
  ['compliance', 'COMPLIANCE'],
])('locks each object in the mode %s from its first moment', (mode, Mode) => {
  const { Properties } = synthesizeData({ auditArchive: { mode, retentionDays: 365 } }).one(
    'AWS::S3::Bucket',
  );
  expect(Properties).toMatchObject({
    ObjectLockEnabled: true,
    ObjectLockConfiguration: {
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: { Mode, Days: 365 } },
    },
    VersioningConfiguration: { Status: 'Enabled' },
  });
});

test('is private, and encrypted by keys that nobody can delete', () => {
  expect(bucket.Properties).toMatchObject({
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    BucketEncryption: {
      ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
});

test('no object moves to Glacier, where aws s3 cp can’t read it: S3 leaves those below 128 KB anyway', () => {
  const { Rules } = bucket.Properties.LifecycleConfiguration as { Rules: Record<string, unknown>[] };
  for (const rule of Rules) expect(Object.keys(rule)).not.toContain('Transitions');
});

test('outlives its stack, unless deletion protection is off', () => {
  const policyOf = (settings: object) => {
    const app = dataApp({ auditArchive: governed, ...settings });
    const { Resources } = app.synth().getStackByName('KeywrightData').template;
    const resources = Object.values(Resources) as { Type: string; DeletionPolicy?: string }[];
    return resources.find(({ Type }) => Type === 'AWS::S3::Bucket')?.DeletionPolicy;
  };
  expect(policyOf({})).toBe('RetainExceptOnCreate');
  expect(policyOf({ deletionProtection: false })).toBe('Delete');
});

test('takes objects over TLS and from Firehose only', () => {
  const { PolicyDocument } = stacks.one('AWS::S3::BucketPolicy').Properties;
  const statements = statementsOf(PolicyDocument);
  expect(statements.every(({ Effect }) => Effect === 'Deny')).toBe(true);
  expect(statements.map(({ Condition }) => Condition)).toEqual([
    { Bool: { 'aws:SecureTransport': 'false' } },
    { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    { ArnNotEquals: { 'aws:PrincipalArn': destination.RoleARN } },
  ]);
  expect(statements[2]).toMatchObject({ Action: 's3:PutObject', Resource: `${bucketArn}/*` });
});

test('Firehose may write there and to its log, and delete nothing', () => {
  expect(destination.RoleARN.endsWith(`/${role.PhysicalId}`)).toBe(true);
  const [trust] = statementsOf(role.Properties.AssumeRolePolicyDocument);
  expect(trust).toMatchObject({
    Principal: { Service: 'firehose.amazonaws.com' },
    Condition: { StringEquals: { 'sts:ExternalId': '111122223333' } },
  });
  const policies = stacks
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => (Properties.Roles as string[]).includes(String(role.PhysicalId)));
  const allowed = policies.flatMap(({ Properties }) =>
    statementsOf(Properties.PolicyDocument).map(({ Action, Resource }) => [Action, Resource]),
  );
  expect(allowed).toEqual([
    [['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucketArn],
    [['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], `${bucketArn}/*`],
    ['logs:PutLogEvents', expect.stringContaining(':log-group:')],
  ]);
});

test('rings when events wait for delivery, and when they come and none is delivered', () => {
  const watches = (synthesized: typeof stacks) =>
    synthesized
      .ofType('AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties)
      .filter((properties) => JSON.stringify(properties).includes('AWS/Firehose'));
  expect(stream.Properties.DeliveryStreamName).toBe('keywright-audit-archive');
  const Dimensions = [{ Name: 'DeliveryStreamName', Value: stream.Properties.DeliveryStreamName }];
  const [late, silent, ...others] = watches(stacks);
  expect(others).toEqual([]);
  expect(late).toMatchObject({
    MetricName: 'DeliveryToS3.DataFreshness',
    Dimensions,
    Statistic: 'Maximum',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 900,
    TreatMissingData: 'notBreaching',
  });
  const hourly = (Id: string, MetricName: string) =>
    expect.objectContaining({
      Id,
      MetricStat: expect.objectContaining({
        Metric: { Namespace: 'AWS/Firehose', MetricName, Dimensions },
        Period: 3600,
        Stat: 'Sum',
      }),
    });
  expect(silent).toMatchObject({
    EvaluationPeriods: 2,
    Threshold: 0,
    ComparisonOperator: 'GreaterThanThreshold',
  });
  expect(silent?.Metrics).toEqual([
    expect.objectContaining({ Expression: 'IF(FILL(received, 0) > 0 && FILL(delivered, 0) == 0, 1, 0)' }),
    hourly('received', 'IncomingRecords'),
    hourly('delivered', 'DeliveryToS3.Records'),
  ]);
  expect(watches(synthesize({}))).toEqual([]);
});

test('holds every event of the bus as a line of its own, by the day', () => {
  expect(stream.Properties.DeliveryStreamEncryptionConfigurationInput).toEqual({ KeyType: 'AWS_OWNED_CMK' });
  expect(destination).toMatchObject({
    BucketARN: bucketArn,
    Prefix: 'events/!{timestamp:yyyy/MM/dd}/',
    ErrorOutputPrefix: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
    FileExtension: '.ndjson',
    ProcessingConfiguration: { Enabled: true, Processors: [{ Type: 'AppendDelimiterToRecord' }] },
    CloudWatchLoggingOptions: { Enabled: true },
  });
  const rule = stacks.one('AWS::Events::Rule', ({ Description }) => /archive/.test(String(Description)));
  expect(rule.Properties).toMatchObject({
    EventBusName: 'keywright',
    EventPattern: { source: ['keywright', 'keywright.anchors'] },
    Targets: [{ InputPath: '$.detail' }],
  });
});
