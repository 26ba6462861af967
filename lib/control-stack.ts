import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { hasUsagePlans, type KeywrightConfig } from './config.ts';
import { AlarmTopic } from './constructs/alarms.ts';
import { addAuditAlarms } from './constructs/audit-alarms.ts';
import { AuditGaps } from './constructs/audit-gaps.ts';
import { AuditLockWatch } from './constructs/audit-lock-watch.ts';
import { AuditMetrics } from './constructs/audit-metrics.ts';
import { Brake } from './constructs/brake.ts';
import { Overview } from './constructs/dashboard.ts';
import { EventMessages } from './constructs/event-messages.ts';
import { EventRegistry } from './constructs/event-registry.ts';
import { KeyUpkeep } from './constructs/key-upkeep.ts';
import { Mail } from './constructs/mail.ts';
import { ManagementApi } from './constructs/management-api.ts';
import { PepperRotation } from './constructs/pepper-rotation.ts';
import { Publisher } from './constructs/publisher.ts';
import { addReplicationAlarms } from './constructs/region-alarms.ts';
import { EXPORTS } from './constructs/store.ts';
import { Sweep } from './constructs/sweep.ts';
import {
  addArchiveAlarms,
  addControlPlaneAlarms,
  addMailAlarms,
  addRequestPlaneAlarms,
} from './constructs/system-alarms.ts';
import { UsageConsumer } from './constructs/usage-consumer.ts';
import { addUsageFilesAlarms } from './constructs/usage-files.ts';
import { UsagePlanKeys } from './constructs/usage-plan-keys.ts';
import { RefusalSubscription, UseSubscription } from './constructs/usage-subscription.ts';
import type { DataStack } from './data-stack.ts';
import type { RegionStack } from './region-stack.ts';

export interface ControlStackProps extends StackProps {
  readonly config: KeywrightConfig;
  readonly data: DataStack;
  /** The request plane that was in this Region before the control plane was moved to it. */
  readonly here?: RegionStack | undefined;
}

/** The control plane: management API, publisher, rotation of the pepper, sweep and alarms. */
export class ControlStack extends Stack {
  readonly alarmTopic: AlarmTopic;
  readonly management: ManagementApi;
  readonly publisher: Publisher;
  readonly rotation: PepperRotation;
  readonly usage: UsageConsumer;
  readonly sweep: Sweep;
  readonly upkeep: KeyUpkeep;
  readonly auditGaps: AuditGaps;
  readonly brake: Brake;
  /** undefined where nobody is mailed. */
  readonly mail: Mail | undefined;

  constructor(scope: Construct, id: string, { config, data, here, ...props }: ControlStackProps) {
    super(scope, id, { ...props, description: 'Keywright: management API, publisher, alarms' });
    const { store, issuer } = data;
    this.management = new ManagementApi(this, 'Management', { config, store, issuer });
    this.publisher = new Publisher(this, 'Publisher', { config, store, streams: data.streams });
    // What counts has names that a Region has once, and authorizers there import it.
    this.usage = here?.usage ?? new UsageConsumer(this, 'Usage', { config, store });
    this.#watchVerify(config.usageFiles !== null);
    this.rotation = new PepperRotation(this, 'PepperRotation', { config, store });
    this.sweep = new Sweep(this, 'Sweep', {
      config,
      store,
      lostLines: this.usage.deadLetters,
    });
    this.upkeep = new KeyUpkeep(this, 'KeyUpkeep', { config, store });
    this.auditGaps = new AuditGaps(this, 'AuditGapSearch', { config, store });
    this.brake = new Brake(this, 'Brake', { config, store });
    this.mail = this.#mail(config, data);
    new EventRegistry(this, 'EventRegistry');
    if (hasUsagePlans(config)) new UsagePlanKeys(this, 'UsagePlanKeys', { config, bus: data.bus });
    this.#publisherFirst(here === undefined);
    this.alarmTopic = new AlarmTopic(this, 'AlarmTopic', { emails: config.alarmEmails });
    new AuditLockWatch(this, 'AuditLockWatch', { store, topic: this.alarmTopic });
    this.#watch(config, data);
    this.#outputs(here === undefined);
  }

  #mail(config: KeywrightConfig, { store, bus }: DataStack): Mail | undefined {
    const { mail } = config;
    if (mail === null) return undefined;
    const portalUrl = mail.portalUrl ?? `https://${config.portal.developerDomain}`;
    return new Mail(this, 'Mail', { config, mail, portalUrl, store, bus });
  }

  /** Who writes changes is deployed after who keeps their events: what a change says of itself is known there. */
  #publisherFirst(counts: boolean): void {
    const writers = [
      ...[...this.management.functions, this.sweep.function],
      ...(counts ? [this.usage.function] : []),
    ];
    for (const writer of writers) writer.node.defaultChild?.node.addDependency(this.publisher.function);
  }

  #watchVerify(files: boolean): void {
    const { logGroup } = this.management.verify;
    const consumerArn = this.usage.function.functionArn;
    const refusals = new RefusalSubscription(this, 'VerifyRefusals', { logGroup, consumerArn, files });
    const uses = new UseSubscription(this, 'VerifyUses', { logGroup, consumerArn, files });
    // CloudWatch Logs tries out the permission to call the function as it takes the subscription.
    for (const subscription of [refusals, uses]) subscription.node.addDependency(this.usage);
  }

  /** Alarms, and the page that shows them together with what they are about. */
  #watch(config: KeywrightConfig, { bus }: DataStack): void {
    const { alarmTopic, management, publisher } = this;
    const events = new AuditMetrics(this, 'AuditMetrics', { bus, logRetentionDays: config.logRetentionDays });
    new EventMessages(this, 'EventMessages', { bus, topic: alarmTopic });
    const period = Duration.minutes(5);
    new Overview(this, 'Overview', {
      alarms: [
        ...addAuditAlarms(this, alarmTopic, events),
        ...addRequestPlaneAlarms(this, alarmTopic, config.pepperRotationDays),
        ...addControlPlaneAlarms(this, alarmTopic, this),
        ...(this.mail === undefined ? [] : addMailAlarms(this, alarmTopic, this.mail)),
        ...addReplicationAlarms(this, alarmTopic, config),
        ...(config.auditArchive === null ? [] : addArchiveAlarms(this, alarmTopic)),
        ...(config.usageFiles === null ? [] : addUsageFilesAlarms(this, alarmTopic, config.usageFiles)),
      ],
      auditEvents: events.everyType(),
      publisherLag: publisher.function.metric('IteratorAge', { statistic: Stats.MAXIMUM, period }),
      managementAnswers: [
        management.api.metricCount({ period }),
        management.api.metricClientError({ period, statistic: Stats.SUM }),
        management.api.metricServerError({ period, statistic: Stats.SUM }),
      ],
    });
  }

  /** @param exported whether stacks of other apps import them; where a Region had them before they have its own */
  #outputs(exported: boolean): void {
    const output = (id: string, value: string, exportName: string) =>
      new CfnOutput(this, id, { value, ...(exported && { exportName }) });
    output('ManagementUrl', this.management.url, EXPORTS.managementUrl);
    new CfnOutput(this, 'LeaksUrl', { value: this.management.leaksUrl });
    output('ManagementApiId', this.management.api.apiId, EXPORTS.managementApiId);
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
  }
}
