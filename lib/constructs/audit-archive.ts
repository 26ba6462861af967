import { Duration, type RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { type EventBus, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { FirehoseDeliveryStream } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  AppendDelimiterToRecordProcessor,
  DeliveryStream,
  EnableLogging,
  S3Bucket,
  StreamEncryption,
} from 'aws-cdk-lib/aws-kinesisfirehose';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type IBucket,
  ObjectLockRetention,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ANCHOR_SOURCE, EVENT_SOURCE, RESOURCE } from '../../core/contract/deployment.ts';
import type { AuditArchiveConfig } from '../config-parts.ts';
import { grant } from './grant.ts';
import { suppress } from './suppression.ts';

interface AuditArchiveProps {
  readonly archive: AuditArchiveConfig;
  readonly bus: EventBus;
  readonly logRetentionDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/** Where Firehose puts what it delivers, by the UTC day it arrived, and what it can't. */
const PREFIX = {
  events: 'events/!{timestamp:yyyy/MM/dd}/',
  failed: 'failed/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
};

/**
 * Every event of the bus, as lines of JSON in a bucket that nobody can delete from before the retention has
 * passed: bus → rule → Firehose → S3. At least once, within five minutes.
 */
export class AuditArchive extends Construct {
  constructor(scope: Construct, id: string, props: AuditArchiveProps) {
    super(scope, id);
    const bucket = this.#bucket(props);
    const role = new Role(this, 'Role', {
      description: 'Keywright: writes the audit archive',
      assumedBy: new ServicePrincipal('firehose.amazonaws.com'),
      externalIds: [Stack.of(this).account],
    });
    const stream = this.#stream(props, bucket, role);
    new Rule(this, 'Rule', {
      description: 'Keywright: every audit event, and signed heads, to their archive',
      eventBus: props.bus,
      eventPattern: { source: [EVENT_SOURCE, ANCHOR_SOURCE] },
      targets: [new FirehoseDeliveryStream(stream, { message: RuleTargetInput.fromEventPath('$.detail') })],
    });
  }

  /**
   * Encrypted by S3's own keys: whoever could have our KMS key deleted could otherwise make unreadable what
   * he can't delete, and events hold no secret.
   */
  #bucket({ archive: { mode, retentionDays }, removalPolicy }: AuditArchiveProps): Bucket {
    const retention = Duration.days(retentionDays);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        mode === 'compliance'
          ? ObjectLockRetention.compliance(retention)
          : ObjectLockRetention.governance(retention),
      // No move to another storage class: S3 moves no object below 128 KB, which these are, and one that it did
      // move could not be read by `aws s3 cp` any more.
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy,
    });
    suppress(bucket, {
      id: 'AwsSolutions-S1',
      reason:
        'What protects the archive is its lock and not a log of who came. S3 delivers access logs by best effort; who must know readers turns on CloudTrail data events for it.',
    });
    return bucket;
  }

  #stream({ logRetentionDays, removalPolicy }: AuditArchiveProps, bucket: Bucket, role: Role) {
    const logGroup = new LogGroup(this, 'Log', {
      retention: logRetentionDays as RetentionDays,
      removalPolicy,
    });
    // What Firehose's documentation lists for a bucket of the same account. The library would add deleting.
    grant(
      role,
      ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      [bucket.bucketArn],
    );
    grant(role, ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], [bucket.arnForObjects('*')]);
    grant(role, ['logs:PutLogEvents'], [logGroup.logGroupArn]);
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
    const stream = new DeliveryStream(this, 'Stream', {
      deliveryStreamName: RESOURCE.auditArchiveStream,
      encryption: StreamEncryption.awsOwnedKey(),
      destination: new S3Bucket(bucket as IBucket, {
        role: role.withoutPolicyUpdates(),
        processors: [new AppendDelimiterToRecordProcessor()],
        bufferingInterval: Duration.minutes(5),
        bufferingSize: Size.mebibytes(5),
        dataOutputPrefix: PREFIX.events,
        errorOutputPrefix: PREFIX.failed,
        fileExtension: '.ndjson',
        loggingConfig: new EnableLogging(logGroup),
      }),
    });
    stream.node.addDependency(role);
    // The library declares the addresses of Firehose for streams that reach into a VPC; `cdk synth` warns of a
    // mapping that nothing refers to (W7001).
    Stack.of(this).node.tryRemoveChild('@aws-cdk--aws-kinesisfirehose.CidrBlocks');
    suppress(role, {
      id: 'AwsSolutions-IAM5',
      reason: 'Firehose names the objects, by time, and the streams of its own log group.',
    });
    return stream;
  }
}
