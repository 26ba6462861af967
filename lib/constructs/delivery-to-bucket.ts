import { type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  DeliveryStream,
  EnableLogging,
  S3Bucket,
  type S3BucketProps,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { grant } from './grant.ts';
import { suppress } from './suppression.ts';

interface DeliveryToBucketProps {
  readonly bucket: Bucket;
  /** Of the bucket: `deliveryRole`. */
  readonly role: Role;
  readonly streamName: string;
  /** Of the log of what could not be delivered. */
  readonly log: { readonly retentionDays: number; readonly removalPolicy: RemovalPolicy };
  /** What files are like, and where they lie. */
  readonly files: Omit<S3BucketProps, 'role' | 'loggingConfig' | 'errorOutputPrefix'>;
}

/** Where Firehose puts what it can't deliver, by the UTC day it came. */
const FAILED = 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/';

/**
 * As whom Firehose writes into a bucket, and nothing but that from then on.
 * @param description what it does
 */
export function deliveryRole(scope: Construct, bucket: Bucket, description: string): Role {
  const role = new Role(scope, 'Role', {
    description,
    assumedBy: new ServicePrincipal('firehose.amazonaws.com'),
    externalIds: [Stack.of(scope).account],
  });
  // What Firehose's documentation lists for a bucket of the same account. The library would add deleting.
  grant(role, ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], [bucket.bucketArn]);
  grant(role, ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], [bucket.arnForObjects('*')]);
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'OnlyFirehoseWrites',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': role.roleArn } },
    }),
  );
  suppress(role, {
    id: 'AwsSolutions-IAM5',
    reason: 'Firehose names the objects, by time, and the streams of its own log group.',
  });
  return role;
}

/** A delivery stream into a bucket. */
export function deliveryToBucket(scope: Construct, props: DeliveryToBucketProps): DeliveryStream {
  const { bucket, role, streamName, log, files } = props;
  const logGroup = new LogGroup(scope, 'Log', {
    retention: log.retentionDays as RetentionDays,
    removalPolicy: log.removalPolicy,
  });
  grant(role, ['logs:PutLogEvents'], [logGroup.logGroupArn]);
  const stream = new DeliveryStream(scope, 'Stream', {
    deliveryStreamName: streamName,
    encryption: StreamEncryption.awsOwnedKey(),
    destination: new S3Bucket(bucket as IBucket, {
      ...files,
      role: role.withoutPolicyUpdates(),
      errorOutputPrefix: FAILED,
      loggingConfig: new EnableLogging(logGroup),
    }),
  });
  stream.node.addDependency(role);
  // The library declares the addresses of Firehose for streams that reach into a VPC; `cdk synth` warns of a
  // mapping that nothing refers to (W7001).
  Stack.of(scope).node.tryRemoveChild('@aws-cdk--aws-kinesisfirehose.CidrBlocks');
  return stream;
}
