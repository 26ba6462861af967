import { Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type CfnGlobalTable,
  type GlobalSecondaryIndexPropsV2,
  MultiRegionConsistency,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { auditTablePolicy } from '../../core/contract/audit-policy.ts';
import {
  AUDIT_INDEX,
  INDEX_ATTRIBUTES,
  RESOURCE,
  TABLE_INDEX,
  TTL_ATTRIBUTE,
} from '../../core/contract/deployment.ts';
import { type KeywrightConfig, otherRegions } from '../config.ts';
import { removalPolicyOf } from './removal-policy.ts';

interface TableProps {
  readonly config: KeywrightConfig;
  readonly key: IKey;
}

const text = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * Credentials, tenants and APIs: one item each, which the control plane alone writes. Its stream is what the publisher
 * reads events from.
 */
export class MainTable extends TableV2 {
  constructor(scope: Construct, id: string, { config, key }: TableProps) {
    super(scope, id, {
      ...settings(config, key),
      tableName: RESOURCE.table,
      // DynamoDB takes either a time-to-live or strong consistency; then the sweep deletes what has ended.
      ...(config.consistency === 'strong'
        ? {
            multiRegionConsistency: MultiRegionConsistency.STRONG,
            ...(config.witness !== null && { witnessRegion: config.witness }),
          }
        : { timeToLiveAttribute: TTL_ATTRIBUTE }),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: [
        index(TABLE_INDEX.list, 'listPk', 'listSk'),
        stateIndex('subscriptions', 'subscriptionPk', 'subscriptionSk'),
        stateIndex('alerts', 'alertPk', 'alertSk'),
        // Written only when something becomes due at another time, since it holds no other attribute.
        { ...index(TABLE_INDEX.due, 'duePk', 'dueAt'), projectionType: ProjectionType.KEYS_ONLY },
        // Written when a key is made, renamed or given another secret; what is found is read whole.
        { ...index(TABLE_INDEX.names, 'namePk', 'nameKey'), projectionType: ProjectionType.KEYS_ONLY },
        { ...index(TABLE_INDEX.hints, 'hintKey', 'nameKey'), projectionType: ProjectionType.KEYS_ONLY },
      ],
      replicas: otherRegions(config).map(({ region }) => ({ region })),
    });
    encryptWithOwnKey(this, config, key);
  }
}

/**
 * What requests write: networks that credentials were seen from, which the publisher hears of by the stream, and
 * what is used of limits. All of it ends by its time-to-live, and none of it has a copy in another Region.
 */
export class RegionalTable extends TableV2 {
  constructor(scope: Construct, id: string, { config, key }: TableProps) {
    super(scope, id, {
      ...settings(config, key),
      tableName: RESOURCE.regionalTable,
      timeToLiveAttribute: TTL_ATTRIBUTE,
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    });
    encryptWithOwnKey(this, config, key);
  }
}

/**
 * Every audit event, append-only: the table's own policy refuses everybody, the account's root included,
 * every way to change or delete a record, and everybody but the publisher to write one. Records end by
 * time-to-live where the operator says when, and then alone may it be set.
 */
export class AuditTable extends TableV2 {
  constructor(scope: Construct, id: string, { config, key }: TableProps) {
    const main = Stack.of(scope).region;
    super(scope, id, {
      ...settings(config, key),
      tableName: RESOURCE.auditTable,
      ...(config.auditRetentionDays > 0 && { timeToLiveAttribute: TTL_ATTRIBUTE }),
      globalSecondaryIndexes: [index(AUDIT_INDEX.byDay, 'day', 'sk')],
      resourcePolicy: appendOnly(scope, main, config),
      replicas: otherRegions(config).map(({ region, sealed }) => ({
        region,
        // CloudFormation can't put a policy on a replica in the update that makes it.
        ...(sealed && { resourcePolicy: appendOnly(scope, region, config) }),
      })),
    });
    encryptWithOwnKey(this, config, key);
  }
}

/**
 * What access logs came to: counts that end by their time-to-live, and when each credential was last used.
 * It has no copies in other Regions: counters that two Regions add to would overwrite one another.
 */
export class UsageTable extends TableV2 {
  constructor(scope: Construct, id: string, { config, key }: TableProps) {
    super(scope, id, {
      ...settings(config, key),
      tableName: RESOURCE.usageTable,
      timeToLiveAttribute: TTL_ATTRIBUTE,
    });
    encryptWithOwnKey(this, config, key);
  }
}

function settings(config: KeywrightConfig, key: IKey) {
  return {
    partitionKey: text('pk'),
    sortKey: text('sk'),
    billing: Billing.onDemand(),
    encryption: encryption(config, key),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: config.deletionProtection,
    removalPolicy: removalPolicyOf(config),
  };
}

function encryption(config: KeywrightConfig, key: IKey): TableEncryptionV2 {
  if (config.region === null) return TableEncryptionV2.awsManagedKey();
  const replicaKeys = Object.fromEntries(otherRegions(config).map(({ region, keyArn }) => [region, keyArn]));
  return TableEncryptionV2.customerManagedKey(key, replicaKeys);
}

/** The library sets a table's own key only in stacks whose Region is known; the template needs no Region for it. */
function encryptWithOwnKey(table: TableV2, { region }: KeywrightConfig, key: IKey): void {
  if (region !== null) return;
  const resource = table.node.defaultChild as CfnGlobalTable;
  resource.addPropertyOverride('Replicas.0.SSESpecification.KMSMasterKeyId', key.keyArn);
}

function index(indexName: string, pk: string, sk: string): GlobalSecondaryIndexPropsV2 {
  return { indexName, partitionKey: text(pk), sortKey: text(sk) };
}

/** An index that lists by state: in partitions, and of an item what the list shows. */
function stateIndex(
  name: keyof typeof INDEX_ATTRIBUTES,
  pk: string,
  sk: string,
): GlobalSecondaryIndexPropsV2 {
  return {
    ...index(TABLE_INDEX[name], pk, sk),
    projectionType: ProjectionType.INCLUDE,
    nonKeyAttributes: [...INDEX_ATTRIBUTES[name]],
  };
}

function appendOnly(scope: Construct, region: string, config: KeywrightConfig): PolicyDocument {
  const { partition, account } = Stack.of(scope);
  const Statement = auditTablePolicy({
    partition,
    region,
    accountId: account,
    tableName: RESOURCE.auditTable,
    recordsEnd: config.auditRetentionDays > 0,
  });
  return PolicyDocument.fromJson({ Version: '2012-10-17', Statement });
}
