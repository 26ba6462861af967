import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { KeywrightConfig } from './config.ts';
import type { RegionConfig } from './config-parts.ts';
import { AlarmTopic } from './constructs/alarms.ts';
import { addRegionAlarms } from './constructs/region-alarms.ts';
import { RegionVerify } from './constructs/region-verify.ts';
import { SightingRelay } from './constructs/sighting-relay.ts';
import { EXPORTS, homeStore, regionStore, type Store } from './constructs/store.ts';
import { RegionalTable } from './constructs/tables.ts';
import { UsageConsumer } from './constructs/usage-consumer.ts';
import { RefusalSubscription, UseSubscription } from './constructs/usage-subscription.ts';

export interface RegionStackProps extends StackProps {
  readonly config: KeywrightConfig;
  /** One beside the main one. */
  readonly region: RegionConfig;
  /** The main one. */
  readonly home: string;
}

/**
 * The request plane of a Region beside the main one: its regional table, `verify`, what counts its requests, and what
 * tells the control plane of new networks. The copies of the main table and of the pepper are the main Region's to make,
 * so `KeywrightData` is deployed before it. Authorizers are in the stacks of the APIs that they protect.
 */
export class RegionStack extends Stack {
  readonly regionalTable: RegionalTable;
  readonly relay: SightingRelay;
  readonly verify: RegionVerify;
  readonly usage: UsageConsumer;
  readonly alarmTopic: AlarmTopic;
  /** What requests are decided by there. */
  readonly store: Store;

  constructor(scope: Construct, id: string, { config, region, home, ...props }: RegionStackProps) {
    super(scope, id, {
      ...props,
      description: `Keywright: request plane in ${region.region}`,
      terminationProtection: config.deletionProtection,
    });
    const key = Key.fromKeyArn(this, 'Key', region.keyArn);
    this.store = regionStore(this, { home, keyArn: region.keyArn });
    const own = { ...config, regions: null };
    this.regionalTable = new RegionalTable(this, 'RegionalTable', { config: own, key });
    this.relay = new SightingRelay(this, 'SightingRelay', {
      config,
      home,
      keyArn: region.keyArn,
      table: this.regionalTable,
    });
    this.usage = new UsageConsumer(this, 'Usage', { config, store: homeStore(this, home), home });
    this.verify = new RegionVerify(this, 'Verify', { config, store: this.store });
    this.#count();
    this.alarmTopic = new AlarmTopic(this, 'AlarmTopic', { emails: config.alarmEmails });
    addRegionAlarms(this, this.alarmTopic, this);
    new CfnOutput(this, 'KeyArn', { value: region.keyArn, exportName: EXPORTS.regionKeyArn });
    new CfnOutput(this, 'VerifyUrl', { value: this.verify.url, exportName: EXPORTS.managementUrl });
    new CfnOutput(this, 'VerifyApiId', {
      value: this.verify.api.apiId,
      exportName: EXPORTS.managementApiId,
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
  }

  #count(): void {
    const { logGroup } = this.verify.function;
    const consumerArn = this.usage.function.functionArn;
    const subscriptions = [
      new RefusalSubscription(this, 'VerifyRefusals', { logGroup, consumerArn }),
      new UseSubscription(this, 'VerifyUses', { logGroup, consumerArn }),
    ];
    // CloudWatch Logs tries out the permission to call the function as it takes the subscription.
    for (const subscription of subscriptions) subscription.node.addDependency(this.usage);
  }
}
