import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { EVENT_SOURCE, RESOURCE } from '../core/contract/deployment.ts';
import { type KeywrightConfig, otherRegions } from './config.ts';
import { AuditAnchors } from './constructs/audit-anchors.ts';
import { AuditArchive } from './constructs/audit-archive.ts';
import { DataKey } from './constructs/data-key.ts';
import { CognitoIdentity, type Issuer, operatorsIssuer } from './constructs/identity.ts';
import type { EventStreams } from './constructs/publisher.ts';
import { removalPolicyOf } from './constructs/removal-policy.ts';
import { type ControlStore, EXPORTS } from './constructs/store.ts';
import { suppress } from './constructs/suppression.ts';
import { AuditTable, MainTable, RegionalTable, UsageTable } from './constructs/tables.ts';

export interface DataStackProps extends StackProps {
  readonly config: KeywrightConfig;
}

/**
 * Everything that outlives a deployment: tables, pepper, bus, audit anchors, their keys, and the people. No code
 * but what the user pool asks as it signs a token.
 */
export class DataStack extends Stack {
  readonly table: MainTable;
  readonly regionalTable: RegionalTable;
  readonly auditTable: AuditTable;
  readonly usageTable: UsageTable;
  readonly pepper: Secret;
  readonly bus: EventBus;
  readonly key: DataKey;
  readonly auditAnchors: AuditAnchors;
  readonly store: ControlStore;
  /** What the publisher reads events from. */
  readonly streams: EventStreams;
  /** Whose access tokens the management API takes. */
  readonly issuer: Issuer;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, {
      ...props,
      description: 'Keywright: tables, pepper, audit bus, people',
      terminationProtection: config.deletionProtection,
    });
    const removalPolicy = removalPolicyOf(config);
    this.key = new DataKey(this, 'Key', { removalPolicy });
    this.table = new MainTable(this, 'Table', { config, key: this.key });
    this.regionalTable = new RegionalTable(this, 'RegionalTable', { config, key: this.key });
    this.auditTable = new AuditTable(this, 'AuditTable', { config, key: this.key });
    this.usageTable = new UsageTable(this, 'UsageTable', { config, key: this.key });
    this.auditAnchors = new AuditAnchors(this, 'AuditAnchors', config);
    this.pepper = this.#pepper(config);
    this.bus = this.#bus(config);
    this.issuer = this.#issuer(config);
    const { auditArchive: archive, logRetentionDays } = config;
    if (archive !== null)
      new AuditArchive(this, 'AuditArchive', { archive, bus: this.bus, logRetentionDays, removalPolicy });
    this.store = {
      tableArn: this.table.tableArn,
      regionalTableArn: this.regionalTable.tableArn,
      auditTableArn: this.auditTable.tableArn,
      usageTableArn: this.usageTable.tableArn,
      busArn: this.bus.eventBusArn,
      keyArn: this.key.keyArn,
      anchorKeyArn: this.auditAnchors.key.keyArn,
      pepperArn: this.pepper.secretArn,
    };
    this.streams = { main: streamOf(this.table), regional: streamOf(this.regionalTable) };
    new CfnOutput(this, 'Issuer', { value: this.issuer.issuer });
    new CfnOutput(this, 'Audience', { value: this.issuer.audiences[0] ?? '' });
    new CfnOutput(this, 'KeyArn', { value: this.key.keyArn, exportName: EXPORTS.keyArn });
    new CfnOutput(this, 'AuditAnchorKeyArn', { value: this.auditAnchors.key.keyArn });
    new CfnOutput(this, 'PepperArn', { value: this.pepper.secretArn, exportName: EXPORTS.pepperArn });
  }

  /**
   * `{"current":"v1","v1":"<64 random characters>"}`; rotation adds v2, v3, … beside it.
   *
   * Any edit of `generateSecretString` makes CloudFormation write another pepper over it, and every key is
   * refused: these fields stay as they are. It is kept whatever the configuration says, because CloudFormation
   * deletes a secret at once and for good; by hand it can be had back for 30 days.
   */
  #pepper(config: KeywrightConfig): Secret {
    const pepper = new Secret(this, 'Pepper', {
      secretName: RESOURCE.pepperSecret,
      description: 'Keywright: what the digests of all keys are made with. Losing it loses every key.',
      encryptionKey: this.key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ current: 'v1' }),
        generateStringKey: 'v1',
        passwordLength: 64,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      replicaRegions: otherRegions(config).map(({ region, keyArn }) => ({
        region,
        encryptionKey: Key.fromKeyArn(this, `PepperKey-${region}`, keyArn),
      })),
    });
    suppress(pepper, {
      id: 'AwsSolutions-SMG4',
      reason:
        'It is rotated: the schedule stands in KeywrightControl beside its function, and the rule looks in one stack only.',
    });
    return pepper;
  }

  #issuer({ identity, ...config }: KeywrightConfig): Issuer {
    if (identity.kind === 'oidc') return operatorsIssuer(this, identity, this.key);
    return new CognitoIdentity(this, 'Identity', { config: { ...config, identity }, key: this.key });
  }

  /** Encrypted by EventBridge's own key: events hold no secret, and every consumer of the bus can read them. */
  #bus(config: KeywrightConfig): EventBus {
    const bus = new EventBus(this, 'Bus', {
      eventBusName: RESOURCE.bus,
      description: 'Keywright: every audit event',
    });
    new Archive(this, 'Archive', {
      sourceEventBus: bus,
      archiveName: RESOURCE.bus,
      description: 'Keywright: every audit event, for replay',
      eventPattern: { source: [EVENT_SOURCE] },
      retention: Duration.days(config.auditArchiveDays),
    });
    return bus;
  }
}

function streamOf({ tableStreamArn, node }: TableV2): string {
  if (tableStreamArn === undefined) throw new Error(`${node.path} has no stream`);
  return tableStreamArn;
}
