import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { KeywrightConfig } from './config.ts';
import type { RegionConfig } from './config-parts.ts';
import { AlarmTopic } from './constructs/alarms.ts';
import { addRegionAlarms } from './constructs/region-alarms.ts';
import { RegionVerify } from './constructs/region-verify.ts';
import { SightingRelay, type SightingRelayProps } from './constructs/sighting-relay.ts';
import { EXPORTS, homeStore, regionStore, type Store } from './constructs/store.ts';
import { RegionalTable } from './constructs/tables.ts';
import { UsageConsumer } from './constructs/usage-consumer.ts';
import { addUsageFilesAlarms, UsageFiles } from './constructs/usage-files.ts';
import { RefusalSubscription, UseSubscription } from './constructs/usage-subscription.ts';

export interface RegionStackProps extends StackProps {
  readonly config: KeywrightConfig;
  readonly region: RegionConfig;
  /** The main one: another, or the same, where the control plane was moved to this Region. */
  readonly home: string;
}

/**
 * The request plane of a Region beside the main one: its regional table, `verify`, what counts its requests, and what
 * tells the control plane of new networks. The copies of the main table and of the pepper are the main Region's to make,
 * so `KeywrightData` is deployed before it. Authorizers are in the stacks of the APIs that they protect.
 *
 * It stays where the control plane is moved to its Region, since authorizers there import from it: its table and what
 * counts are the control plane's then, which has the alarms, and nobody is to be told of networks.
 */
export class RegionStack extends Stack {
  readonly regionalTable: RegionalTable;
  /** undefined where the control plane is here. */
  readonly relay: SightingRelay | undefined;
  readonly verify: RegionVerify;
  readonly usage: UsageConsumer;
  /** undefined where requests are counted from deliveries. */
  readonly files: UsageFiles | undefined;
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
    const isHome = region.region === home;
    this.relay = isHome ? undefined : this.#relay({ config, home, keyArn: region.keyArn });
    const { usageFiles: files } = config;
    this.files = files === null ? undefined : new UsageFiles(this, 'UsageFiles', { files, config });
    this.usage = new UsageConsumer(this, 'Usage', { config, store: homeStore(this, home), home });
    this.verify = new RegionVerify(this, 'Verify', { config, store: this.store });
    this.#count();
    this.alarmTopic = new AlarmTopic(this, 'AlarmTopic', { emails: config.alarmEmails });
    if (this.relay !== undefined) {
      addRegionAlarms(this, this.alarmTopic, { relay: this.relay, usage: this.usage });
      if (files !== null) addUsageFilesAlarms(this, this.alarmTopic, files);
    }
    new CfnOutput(this, 'KeyArn', { value: region.keyArn, exportName: EXPORTS.regionKeyArn });
    new CfnOutput(this, 'VerifyUrl', { value: this.verify.url, exportName: EXPORTS.managementUrl });
    new CfnOutput(this, 'VerifyApiId', {
      value: this.verify.api.apiId,
      exportName: EXPORTS.managementApiId,
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
  }

  #relay(props: Omit<SightingRelayProps, 'table'>): SightingRelay {
    return new SightingRelay(this, 'SightingRelay', { ...props, table: this.regionalTable });
  }

  #count(): void {
    const { logGroup } = this.verify.function;
    const props = {
      logGroup,
      consumerArn: this.usage.function.functionArn,
      files: this.files !== undefined,
    };
    const subscriptions = [
      new RefusalSubscription(this, 'VerifyRefusals', props),
      new UseSubscription(this, 'VerifyUses', props),
    ];
    // CloudWatch Logs tries out its permission as it takes the subscription.
    for (const subscription of subscriptions)
      subscription.node.addDependency(this.usage, ...(this.files === undefined ? [] : [this.files]));
  }
}
