import { Duration, type RemovalPolicy, Size } from 'aws-cdk-lib';
import { type EventBus, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { FirehoseDeliveryStream } from 'aws-cdk-lib/aws-events-targets';
import { AppendDelimiterToRecordProcessor } from 'aws-cdk-lib/aws-kinesisfirehose';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ANCHOR_SOURCE, EVENT_SOURCE, RESOURCE } from '../../core/contract/deployment.ts';
import type { AuditArchiveConfig } from '../config-parts.ts';
import { deliveryRole, deliveryToBucket } from './delivery-to-bucket.ts';
import { suppress } from './suppression.ts';

interface AuditArchiveProps {
  readonly archive: AuditArchiveConfig;
  readonly bus: EventBus;
  readonly logRetentionDays: number;
  readonly removalPolicy: RemovalPolicy;
}

/** Where Firehose puts what it delivers, by the UTC day it arrived. */
const PREFIX = 'events/!{timestamp:yyyy/MM/dd}/';

/**
 * Every event of the bus, as lines of JSON in a bucket that nobody can delete from before the retention has
 * passed: bus → rule → Firehose → S3. At least once, within five minutes.
 */
export class AuditArchive extends Construct {
  constructor(scope: Construct, id: string, props: AuditArchiveProps) {
    super(scope, id);
    const bucket = this.#bucket(props);
    const stream = deliveryToBucket(this, {
      bucket,
      role: deliveryRole(this, bucket, 'Keywright: writes the audit archive'),
      streamName: RESOURCE.auditArchiveStream,
      log: { retentionDays: props.logRetentionDays, removalPolicy: props.removalPolicy },
      files: {
        processors: [new AppendDelimiterToRecordProcessor()],
        bufferingInterval: Duration.minutes(5),
        bufferingSize: Size.mebibytes(5),
        dataOutputPrefix: PREFIX,
        fileExtension: '.ndjson',
      },
    });
    new Rule(this, 'Rule', {
      description: 'Keywright: every audit event, and signed heads, to their archive',
      eventBus: props.bus,
      eventPattern: { source: [EVENT_SOURCE, ANCHOR_SOURCE] },
      targets: [new FirehoseDeliveryStream(stream, { message: RuleTargetInput.fromEventPath('$.detail') })],
    });
  }

  /**
   * Encrypted by S3's own keys: whoever could have our KMS key deleted could otherwise make unreadable what
   * can't be deleted, and events hold no secret.
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
}
