import { expect, test } from '@jest/globals';
import { LOG_STREAM } from '../../emulator/api-gateway/resource-list.ts';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import { serviceRefusals } from '../../emulator/iam/service-access.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { ACCOUNT_ID, REGION, synthesize } from './synthesized-stacks.ts';

const stacks = synthesize({ demo: true, usageFiles: { freshnessMinutes: 2, keepDays: 30 } });
const without = synthesize({ demo: true });
const policies = new IamPolicies(stacks.resources);
const BUCKET = `keywright-usage-${ACCOUNT_ID}-${REGION}`;
const STREAM_ARN = `arn:aws:firehose:${REGION}:${ACCOUNT_ID}:deliverystream/keywright-usage`;
const bucket = stacks.one('AWS::S3::Bucket', ({ BucketName }) => BucketName === BUCKET);
const REQUEST_STREAM = 'amazon-apigateway-keywright';
const REQUEST_STREAM_ARN = STREAM_ARN.replace('keywright-usage', REQUEST_STREAM);
const streamNamed = (name: string) =>
  stacks.one('AWS::KinesisFirehose::DeliveryStream', ({ DeliveryStreamName }) => DeliveryStreamName === name);
const stream = streamNamed('keywright-usage');
const roleArn = (isIt: (properties: Record<string, unknown>) => boolean) =>
  String(stacks.one('AWS::IAM::Role', isIt).Arn);
const lines = roleArn(({ RoleName }) => RoleName === `keywright-usage-lines-${REGION}`);
const firehose = roleArn(({ Description }) => Description === 'Keywright: writes files of log lines');
const functionOf = (resources: typeof stacks) =>
  resources.one(
    'AWS::Lambda::Function',
    ({ Environment }) => JSON.stringify(Environment).includes('"usage-consumer"') as boolean,
  );
const consumer = functionOf(stacks);
const filtersOf = (of: typeof stacks) =>
  of.ofType('AWS::Logs::SubscriptionFilter').map(({ Properties }) => Properties);

test('a bucket for files of lines: over TLS, from Firehose alone, of nobody else, for as long as they are kept', () => {
  expect(bucket.Properties).toMatchObject({
    NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
    LifecycleConfiguration: { Rules: [expect.objectContaining({ ExpirationInDays: 30, Status: 'Enabled' })] },
  });
  const { PolicyDocument } = stacks.one(
    'AWS::S3::BucketPolicy',
    ({ Bucket }) => Bucket === BUCKET,
  ).Properties;
  const { Statement } = PolicyDocument as { Statement: { Effect: string; Condition: object }[] };
  expect(Statement.map(({ Effect, Condition }) => [Effect, Condition])).toEqual([
    ['Deny', { Bool: { 'aws:SecureTransport': 'false' } }],
    ['Deny', { NumericLessThan: { 's3:TlsVersion': 1.2 } }],
    ['Deny', { ArnNotEquals: { 'aws:PrincipalArn': firehose } }],
  ]);
});

test('Firehose unpacks messages, a line each, and writes them when they are as old as is asked for', () => {
  expect(stream.Properties.ExtendedS3DestinationConfiguration).toMatchObject({
    RoleARN: firehose,
    BucketARN: `arn:aws:s3:::${BUCKET}`,
    Prefix: 'lines/!{timestamp:yyyy/MM/dd/HH}/',
    BufferingHints: { IntervalInSeconds: 120, SizeInMBs: 128 },
    CompressionFormat: 'GZIP',
    ProcessingConfiguration: {
      Enabled: true,
      Processors: [{ Type: 'Decompression' }, { Type: 'AppendDelimiterToRecord' }],
    },
  });
});

test('what REST APIs write goes to a stream of a name that API Gateway takes, into files of its own, as it is', () => {
  const { Properties, Arn } = streamNamed(REQUEST_STREAM);
  expect(Arn).toMatch(LOG_STREAM);
  const destination = Properties.ExtendedS3DestinationConfiguration as object;
  expect(destination).toMatchObject({
    RoleARN: firehose,
    BucketARN: `arn:aws:s3:::${BUCKET}`,
    Prefix: 'requests/!{timestamp:yyyy/MM/dd/HH}/',
    BufferingHints: { IntervalInSeconds: 120, SizeInMBs: 128 },
    CompressionFormat: 'GZIP',
  });
  // One that unpacks refuses whatever is not of CloudWatch Logs; one that ends lines would end them twice.
  expect(destination).not.toHaveProperty('ProcessingConfiguration');
});

test('lines of a REST API go there at once, each with its own end, its API and an id that no caller chooses', () => {
  const straight = stacks
    .ofType('AWS::ApiGateway::Stage')
    .map(
      ({ Properties }) =>
        Properties.AccessLogSetting as { DestinationArn: string; Format: string } | undefined,
    )
    .filter((setting) => setting?.DestinationArn === REQUEST_STREAM_ARN)
    .map((setting) => String(setting?.Format));
  expect(straight).toHaveLength(2);
  for (const format of straight) {
    expect(format.indexOf('\n')).toBe(format.length - 1);
    expect(Object.entries(JSON.parse(format)).slice(-2)).toEqual([
      ['extendedRequestId', '$context.extendedRequestId'],
      ['apiId', expect.stringMatching(/^api_[0-9A-Za-z]{12}$/)],
    ]);
    expect(format.length).toBeLessThan(3_000);
  }
  const writing = stacks
    .ofType('AWS::IAM::Role')
    .filter(({ Properties }) => Properties.ManagedPolicyArns === undefined)
    .filter(({ Arn }) =>
      ['firehose:PutRecord', 'firehose:PutRecordBatch'].some((action) =>
        policies.allows(String(Arn), { action, resource: REQUEST_STREAM_ARN }),
      ),
    );
  // API Gateway has a role of its own for it: nobody else can write a line.
  expect(writing).toEqual([]);
});

test('somebody is told when files of either stream are late, and when Firehose takes in no more', () => {
  const watched = stacks
    .ofType('AWS::CloudWatch::Alarm')
    .filter(({ Properties }) => Properties.Namespace === 'AWS/Firehose')
    .map(({ Properties }) => {
      const [{ Value } = { Value: '' }] = Properties.Dimensions as { Value: string }[];
      return [Value, Properties.MetricName, Properties.Threshold];
    });
  expect(watched).toEqual([
    ['keywright-usage', 'DeliveryToS3.DataFreshness', 720],
    [REQUEST_STREAM, 'DeliveryToS3.DataFreshness', 720],
    [REQUEST_STREAM, 'ThrottledRecords', 0],
  ]);
});

test('every log group that is counted has its lines handed to Firehose, by a role that can do nothing else', () => {
  const filters = filtersOf(stacks);
  // Two APIs have no log group then.
  expect(filters).toHaveLength(filtersOf(without).length - 2);
  expect(new Set(filters.map(({ DestinationArn }) => DestinationArn))).toEqual(new Set([STREAM_ARN]));
  expect(new Set(filters.map(({ RoleArn }) => RoleArn))).toEqual(new Set([lines]));
  const allows = (action: string, resource: string) => policies.allows(lines, { action, resource });
  expect(allows('firehose:PutRecordBatch', STREAM_ARN)).toBe(true);
  expect(allows('firehose:PutRecordBatch', STREAM_ARN.replace('usage', 'audit-archive'))).toBe(false);
  expect(allows('firehose:DeleteDeliveryStream', STREAM_ARN)).toBe(false);
  expect(allows('s3:PutObject', `arn:aws:s3:::${BUCKET}/lines/a`)).toBe(false);
});

test('the consumer is told of each file and may read files, and neither list, write nor delete one', () => {
  const rule = stacks.one('AWS::Events::Rule', ({ EventPattern }) =>
    JSON.stringify(EventPattern ?? {}).includes('aws.s3'),
  );
  expect(rule.Properties.EventPattern).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: {
      bucket: { name: [BUCKET] },
      object: { key: [{ prefix: 'lines/' }, { prefix: 'requests/' }] },
    },
  });
  expect(rule.Properties.Targets).toEqual([expect.objectContaining({ Arn: consumer.Arn })]);
  const role = String(consumer.Properties.Role);
  const allows = (action: string, key: string) =>
    policies.allows(role, { action, resource: `arn:aws:s3:::${BUCKET}${key}` });
  for (const prefix of ['lines', 'requests'])
    expect(allows('s3:GetObject', `/${prefix}/2026/11/29/12/a.gz`)).toBe(true);
  for (const [action, key] of [
    ['s3:GetObject', '/failed/a'],
    ['s3:PutObject', '/lines/a'],
    ['s3:PutObject', '/requests/a'],
    ['s3:DeleteObject', '/lines/a'],
    ['s3:ListBucket', ''],
  ] as const)
    expect([action, key, allows(action, key)]).toEqual([action, key, false]);
  const others = stacks
    .ofType('AWS::Lambda::Function')
    .filter(({ PhysicalId }) => PhysicalId !== consumer.PhysicalId);
  for (const { PhysicalId, Properties } of others) {
    for (const prefix of ['lines', 'requests']) {
      const request = { action: 's3:GetObject', resource: `arn:aws:s3:::${BUCKET}/${prefix}/a` };
      expect([PhysicalId, policies.allows(String(Properties.Role), request)]).toEqual([PhysicalId, false]);
    }
  }
});

test('a file of lines is read in more time and memory than a delivery', () => {
  expect(consumer.Properties).toMatchObject({ MemorySize: 2048, Timeout: 600 });
  expect(functionOf(without).Properties).toMatchObject({ MemorySize: 512, Timeout: 60 });
});

test('without it there is none of it', () => {
  expect(without.ofType('AWS::KinesisFirehose::DeliveryStream')).toEqual([]);
  for (const filter of filtersOf(without)) expect(filter.RoleArn).toBeUndefined();
});

test('where AWS would refuse its own services that, the local server says so before it starts', () => {
  const account = { region: REGION, accountId: ACCOUNT_ID };
  const refusals = (resources: readonly TemplateResource[]) =>
    serviceRefusals(resources, account).filter((refusal) => /firehose|s3:/.test(refusal));
  expect(refusals(stacks.resources)).toEqual([]);
  const policiesGone = stacks.resources.filter(({ Type }) => Type !== 'AWS::IAM::Policy');
  expect(refusals(policiesGone)).toContain(`${lines} may not firehose:PutRecordBatch on ${STREAM_ARN}`);
  for (const prefix of ['lines', 'requests'])
    expect(refusals(policiesGone)).toContain(
      `${firehose} may not s3:PutObject on arn:aws:s3:::${BUCKET}/${prefix}/2026`,
    );
});

test('each Region beside the main one has files of its own, and counts them itself', () => {
  const region = 'eu-west-1';
  const keyArn = `arn:aws:kms:${region}:111122223333:key/mrk-0123456789abcdef0123456789abcdef`;
  const both = synthesize({
    demo: true,
    usageFiles: {},
    regions: [REGION, { region, keyArn, sealed: true }],
  });
  const named = both.ofType('AWS::S3::Bucket').map(({ Properties }) => Properties.BucketName);
  expect(named).toEqual([BUCKET, `keywright-usage-${ACCOUNT_ID}-${region}`]);
  const there = filtersOf(both).filter(({ RoleArn }) => String(RoleArn).endsWith(region));
  expect(there).toHaveLength(filtersOf(both).length / 2);
  expect(new Set(there.map(({ DestinationArn }) => DestinationArn))).toEqual(
    new Set([STREAM_ARN.replace(REGION, region)]),
  );
  expect(serviceRefusals(both.resources, { region: REGION, accountId: ACCOUNT_ID })).toEqual([]);
});
