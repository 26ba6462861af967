import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { EVENT_SOURCE, RESOURCE } from '../core/contract/deployment.ts';
import { type KeywrightConfig, otherRegions } from './config.ts';
import type { MovedConfig } from './config-parts.ts';
import { AuditAnchors } from './constructs/audit-anchors.ts';
import { AuditArchive } from './constructs/audit-archive.ts';
import { DATA_KEY_ALIAS, DataKey } from './constructs/data-key.ts';
import { CognitoIdentity, type Issuer, operatorsIssuer } from './constructs/identity.ts';
import type { EventStreams } from './constructs/publisher.ts';
import { removalPolicyOf } from './constructs/removal-policy.ts';
import { type ControlStore, EXPORTS, type Store, storeIn } from './constructs/store.ts';
import { suppress } from './constructs/suppression.ts';
import { AuditTable, MainTable, RegionalTable, UsageTable } from './constructs/tables.ts';
import { UsageFiles } from './constructs/usage-files.ts';
import type { RegionStack } from './region-stack.ts';

export interface DataStackProps extends StackProps {
  readonly config: KeywrightConfig;
  /** The request plane that was in this Region before the control plane was moved to it. */
  readonly here?: RegionStack | undefined;
}

/** What is the same whether this stack has made it or found it. */
interface Kept {
  readonly key: IKey;
  readonly store: Pick<Store, 'tableArn' | 'regionalTableArn' | 'auditTableArn' | 'keyArn' | 'pepperArn'>;
  readonly streams: EventStreams;
}

/**
 * Everything that outlives a deployment: tables, pepper, bus, audit anchors, their keys, and the people. No code
 * but what the user pool asks as it signs a token. Where the control plane was moved to this Region, its copies of
 * tables and pepper are used as they are and no part of the stack, which can neither change nor delete them.
 */
export class DataStack extends Stack {
  readonly bus: EventBus;
  readonly auditAnchors: AuditAnchors;
  readonly store: ControlStore;
  /** What the publisher reads events from. */
  readonly streams: EventStreams;
  /** Whose access tokens the management API takes. */
  readonly issuer: Issuer;

  constructor(scope: Construct, id: string, { config, here, ...props }: DataStackProps) {
    super(scope, id, {
      ...props,
      description: 'Keywright: tables, pepper, audit bus, people',
      terminationProtection: config.deletionProtection,
    });
    const { key, store, streams } =
      config.moved === null ? this.#make(config) : this.#find(config.moved, here);
    this.streams = streams;
    const usageTable = new UsageTable(this, 'UsageTable', { config, key });
    this.auditAnchors = new AuditAnchors(this, 'AuditAnchors', config);
    this.bus = this.#bus(config);
    this.issuer = this.#issuer(config, key);
    const { auditArchive: archive, usageFiles: files, logRetentionDays } = config;
    if (archive !== null) {
      const removalPolicy = removalPolicyOf(config);
      new AuditArchive(this, 'AuditArchive', { archive, bus: this.bus, logRetentionDays, removalPolicy });
    }
    // Their names are a Region's, whose own stack has them where it was there before.
    if (files !== null && here === undefined) new UsageFiles(this, 'UsageFiles', { files, config });
    this.store = {
      ...store,
      usageTableArn: usageTable.tableArn,
      busArn: this.bus.eventBusArn,
      anchorKeyArn: this.auditAnchors.key.keyArn,
      ...(config.sealingKey !== null && { sealingKeyArn: this.#keyNamed(config.sealingKey) }),
    };
    new CfnOutput(this, 'Issuer', { value: this.issuer.issuer });
    new CfnOutput(this, 'Audience', { value: this.issuer.audiences[0] ?? '' });
    new CfnOutput(this, 'KeyArn', { value: store.keyArn, exportName: EXPORTS.keyArn });
    new CfnOutput(this, 'AuditAnchorKeyArn', { value: this.auditAnchors.key.keyArn });
    new CfnOutput(this, 'PepperArn', { value: store.pepperArn, exportName: EXPORTS.pepperArn });
  }

  #make(config: KeywrightConfig): Kept {
    const key = new DataKey(this, 'Key', { removalPolicy: removalPolicyOf(config) });
    const table = new MainTable(this, 'Table', { config, key });
    const regionalTable = new RegionalTable(this, 'RegionalTable', { config, key });
    const auditTable = new AuditTable(this, 'AuditTable', { config, key });
    return {
      key,
      store: {
        tableArn: table.tableArn,
        regionalTableArn: regionalTable.tableArn,
        auditTableArn: auditTable.tableArn,
        keyArn: key.keyArn,
        pepperArn: this.#pepper(config, key).secretArn,
      },
      streams: { main: streamOf(table), regional: streamOf(regionalTable) },
    };
  }

  /** Functions in other Regions know the key by its alias. */
  #find({ keyArn, streamArn, pepperArn }: MovedConfig, here: RegionStack | undefined): Kept {
    if (here === undefined) throw new Error('the request plane that was here before is not given');
    const key = Key.fromKeyArn(this, 'Key', keyArn);
    new Alias(this, 'KeyAlias', { aliasName: `alias/${DATA_KEY_ALIAS}`, targetKey: key });
    return {
      key,
      store: { ...storeIn(this, this.region), keyArn, pepperArn },
      streams: { main: streamArn, regional: streamOf(here.regionalTable) },
    };
  }

  /**
   * `{"current":"v1","v1":"<64 random characters>"}`; rotation adds v2, v3, … beside it.
   *
   * Any edit of `generateSecretString` makes CloudFormation write another pepper over it, and every key is
   * refused: these fields stay as they are. It is kept whatever the configuration says, because CloudFormation
   * deletes a secret at once and for good; by hand it can be had back for 30 days.
   */
  #pepper(config: KeywrightConfig, encryptionKey: IKey): Secret {
    const pepper = new Secret(this, 'Pepper', {
      secretName: RESOURCE.pepperSecret,
      description: 'Keywright: what the digests of all keys are made with. Losing it loses every key.',
      encryptionKey,
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

  #keyNamed(resourceName: string): string {
    return this.formatArn({ service: 'kms', resource: 'key', resourceName });
  }

  #issuer({ identity, ...config }: KeywrightConfig, key: IKey): Issuer {
    if (identity.kind === 'oidc') return operatorsIssuer(this, identity, key);
    return new CognitoIdentity(this, 'Identity', { config: { ...config, identity }, key });
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
