import { Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { type Alarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  AppendDelimiterToRecordProcessor,
  Compression,
  DecompressionProcessor,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { RESOURCE, USAGE_FILES } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import type { UsageFilesConfig } from '../config-parts.ts';
import { addAlarm } from './alarms.ts';
import { deliveryRole, deliveryToBucket } from './delivery-to-bucket.ts';
import { grant } from './grant.ts';
import { removalPolicyOf } from './removal-policy.ts';
import { suppress } from './suppression.ts';

interface UsageFilesProps {
  readonly files: UsageFilesConfig;
  readonly config: Pick<KeywrightConfig, 'logRetentionDays' | 'deletionProtection'>;
}

/** Of what is written before it is compressed: Firehose has no larger one. A reader holds one file's lines at once. */
const FILE_SIZE = Size.mebibytes(128);

/** By what name a Region's files of log lines are found: stacks of APIs are not to hold on to the one that has them. */
export function usageFileNames(scope: Construct) {
  const stack = Stack.of(scope);
  const bucketName = `${RESOURCE.usageStream}-${stack.account}-${stack.region}`;
  const roleName = `${RESOURCE.usageStream}-lines-${stack.region}`;
  const streamArn = (resourceName: string) =>
    stack.formatArn({ service: 'firehose', resource: 'deliverystream', resourceName });
  return {
    bucketName,
    bucketArn: stack.formatArn({ service: 's3', region: '', account: '', resource: bucketName }),
    streamArn: streamArn(RESOURCE.usageStream),
    /** Where REST APIs write their access logs past CloudWatch Logs. */
    requestStreamArn: streamArn(RESOURCE.requestStream),
    roleName,
    roleArn: stack.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: roleName }),
  };
}

/**
 * The lines of a Region's access logs, and of who decided in their place, as files: log groups → Firehose → S3, and
 * REST APIs → Firehose → S3. A line of a file is a message of CloudWatch Logs there and a line of an access log here,
 * in JSON. EventBridge tells of each file.
 *
 * Two delivery streams, since one that unpacks takes records of CloudWatch Logs alone.
 */
export class UsageFiles extends Construct {
  constructor(scope: Construct, id: string, { files, config }: UsageFilesProps) {
    super(scope, id);
    const names = usageFileNames(this);
    const bucket = this.#bucket(names.bucketName, files, removalPolicyOf(config));
    const delivery = {
      bucket,
      role: deliveryRole(this, bucket, 'Keywright: writes files of log lines'),
      log: { retentionDays: config.logRetentionDays, removalPolicy: RemovalPolicy.DESTROY },
    };
    const asFiles = (prefix: string) => ({
      compression: Compression.GZIP,
      bufferingInterval: Duration.minutes(files.freshnessMinutes),
      bufferingSize: FILE_SIZE,
      dataOutputPrefix: `${prefix}!{timestamp:yyyy/MM/dd/HH}/`,
    });
    const processors = [new DecompressionProcessor(), new AppendDelimiterToRecordProcessor()];
    const stream = deliveryToBucket(this, {
      ...delivery,
      streamName: RESOURCE.usageStream,
      files: { ...asFiles(USAGE_FILES.messages), processors },
    });
    deliveryToBucket(new Construct(this, 'Requests'), {
      ...delivery,
      streamName: RESOURCE.requestStream,
      files: asFiles(USAGE_FILES.requests),
    });
    const lines = new Role(this, 'LinesRole', {
      roleName: names.roleName,
      description: 'Keywright: hands log lines to Firehose',
      assumedBy: new ServicePrincipal('logs.amazonaws.com', {
        conditions: {
          StringLike: { 'aws:SourceArn': Stack.of(this).formatArn({ service: 'logs', resource: '*' }) },
        },
      }),
    });
    grant(lines, ['firehose:PutRecord', 'firehose:PutRecordBatch'], [stream.deliveryStreamArn]);
  }

  /** Encrypted by S3's own keys, as the log groups are by CloudWatch's: lines hold addresses and public ids, no secret. */
  #bucket(bucketName: string, { keepDays }: UsageFilesConfig, removalPolicy: RemovalPolicy): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      bucketName,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        {
          expiration: Duration.days(keepDays),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
      removalPolicy,
    });
    // The library would make a function for it.
    const declared = bucket.node.defaultChild as CfnBucket;
    declared.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    suppress(bucket, {
      id: 'AwsSolutions-S1',
      reason: 'It is a log itself. Who must know its readers turns on CloudTrail data events for it.',
    });
    return bucket;
  }
}

/** Streams are named and not referred to, so that the files can be taken away without the stack of the alarms holding on to them. */
export function addUsageFilesAlarms(
  scope: Construct,
  topic: Topic,
  { freshnessMinutes }: UsageFilesConfig,
): Alarm[] {
  const minutes = freshnessMinutes + 10;
  const metric = (stream: string, metricName: string, statistic: string) =>
    new Metric({
      namespace: 'AWS/Firehose',
      metricName,
      dimensionsMap: { DeliveryStreamName: stream },
      statistic,
      period: Duration.minutes(5),
    });
  const late = (id: string, stream: string) =>
    addAlarm(scope, id, topic, {
      metric: metric(stream, 'DeliveryToS3.DataFreshness', Stats.MAXIMUM),
      above: minutes * 60,
      meaning: `a log line has waited more than ${minutes} minutes to be written to a file; usage and findings are late.`,
    });
  return [
    late('UsageFilesLate', RESOURCE.usageStream),
    late('RequestFilesLate', RESOURCE.requestStream),
    addAlarm(scope, 'RequestLinesRefused', topic, {
      metric: metric(RESOURCE.requestStream, 'ThrottledRecords', Stats.SUM),
      above: 0,
      meaning: 'Firehose took in no more lines of REST APIs, which may be lost: its quota must be raised.',
    }),
  ];
}
