import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC, METRIC_NAMESPACE } from '../core/contract/deployment.ts';
import { hasUsagePlans, type KeywrightConfig } from './config.ts';
import { type AlarmProps, AlarmTopic, addAlarm } from './constructs/alarms.ts';
import { AuditMetrics } from './constructs/audit-metrics.ts';
import { EventRegistry } from './constructs/event-registry.ts';
import type { KeywrightFunction } from './constructs/function.ts';
import { CognitoIdentity, type Issuer } from './constructs/identity.ts';
import { ManagementApi } from './constructs/management-api.ts';
import { PepperRotation } from './constructs/pepper-rotation.ts';
import { Publisher } from './constructs/publisher.ts';
import { Sweep } from './constructs/sweep.ts';
import { UsageConsumer } from './constructs/usage-consumer.ts';
import { UsagePlanKeys } from './constructs/usage-plan-keys.ts';
import type { DataStack } from './data-stack.ts';

/** CloudWatch's limit of the metrics that an alarm may add up. */
const MOST_METRICS = 10;

export interface ControlStackProps extends StackProps {
  readonly config: KeywrightConfig;
  readonly data: DataStack;
}

/** The control plane: management API, publisher, rotation of the pepper, sweep, identity and alarms. */
export class ControlStack extends Stack {
  readonly alarmTopic: AlarmTopic;
  readonly management: ManagementApi;
  readonly publisher: Publisher;
  readonly rotation: PepperRotation;
  readonly usage: UsageConsumer;
  readonly sweep: Sweep;

  constructor(scope: Construct, id: string, { config, data, ...props }: ControlStackProps) {
    super(scope, id, { ...props, description: 'Keywright: management API, publisher, identity, alarms' });
    const { store } = data;
    const issuer = this.#issuer(config);
    this.management = new ManagementApi(this, 'Management', { config, store, issuer });
    this.publisher = new Publisher(this, 'Publisher', { config, store, streamArn: data.streamArn });
    this.usage = new UsageConsumer(this, 'Usage', { config, store });
    this.rotation = new PepperRotation(this, 'PepperRotation', { config, store });
    this.sweep = new Sweep(this, 'Sweep', { config, store });
    new EventRegistry(this, 'EventRegistry');
    if (hasUsagePlans(config)) new UsagePlanKeys(this, 'UsagePlanKeys', { config, bus: data.bus });
    this.alarmTopic = new AlarmTopic(this, 'AlarmTopic', { key: data.key, emails: config.alarmEmails });
    this.#auditAlarms(config, data);
    this.#requestPlaneAlarms(config);
    this.#controlPlaneAlarms();
    this.#outputs(issuer);
  }

  #issuer({ identity, ...config }: KeywrightConfig): Issuer {
    if (identity.kind === 'oidc') return identity;
    return new CognitoIdentity(this, 'Identity', {
      config: { ...config, identity },
      callbackUrls: identity.callbackUrls,
    });
  }

  /** What people do with keys, and where keys turn up. */
  #auditAlarms(config: KeywrightConfig, { bus }: DataStack): void {
    const events = new AuditMetrics(this, 'AuditMetrics', { bus, logRetentionDays: config.logRetentionDays });
    this.#alarm('KeyCreated', {
      metric: events.count('apiKey.created'),
      above: 0,
      meaning: 'an API key was created.',
    });
    this.#alarm('KeyRevoked', {
      metric: events.count('apiKey.revoked'),
      above: 0,
      meaning: 'an API key was revoked.',
    });
    this.#alarm('KeyUsedFromNewIp', {
      metric: events.count('apiKey.usedFromNewIp'),
      above: 0,
      meaning: 'an API key was used from a network that it had not used in 90 days.',
    });
    this.#alarm('KeyLeaked', {
      metric: events.count('apiKey.leaked'),
      above: 0,
      meaning: 'a key was reported as seen by strangers; its event says where, and what was done.',
    });
  }

  /**
   * Our own metrics, not the authorizers' `Errors`: an authorizer answers 401 by throwing, so every
   * refused key counts as an error there.
   */
  #requestPlaneAlarms(config: KeywrightConfig): void {
    this.#alarm('AuthorizerUnavailable', {
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: METRIC.unavailable,
        statistic: Stats.SUM,
        period: Duration.minutes(1),
      }),
      above: 0,
      meaning: 'an authorizer could not decide because a dependency failed; callers get 503.',
    });
    this.#alarm('StaleDecisions', {
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: METRIC.stale,
        statistic: Stats.SUM,
        period: Duration.minutes(1),
      }),
      above: 0,
      meaning:
        'authorizers admit known keys by old records, because DynamoDB can’t be read; revocations wait.',
    });
    this.#alarm('PepperAge', {
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: METRIC.pepperAgeDays,
        statistic: Stats.MAXIMUM,
        period: Duration.days(1),
      }),
      // A rotation is due within a day of the interval; a week allows for one that is retried.
      above: config.pepperRotationDays + 7,
      meaning: 'the pepper is older than its rotation interval; a rotation failed or was turned off.',
    });
  }

  #controlPlaneAlarms(): void {
    const { publisher, management, rotation, sweep, usage } = this;
    const functions = [
      ...management.functions,
      publisher.function,
      rotation.function,
      sweep.function,
      usage.function,
    ];
    this.#alarm('UsageDeadLetters', {
      metric: usage.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning: 'log lines could not be counted; they lie in the queue for 14 days.',
    });
    this.#alarm('PublisherLag', {
      metric: publisher.function.metric('IteratorAge', {
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
      above: 60_000,
      periods: 5,
      meaning: 'audit events have waited more than a minute to be published, for five minutes.',
    });
    this.#alarm('PublisherErrors', {
      metric: publisher.function.metricErrors({ period: Duration.minutes(5) }),
      above: 0,
      meaning: 'the publisher failed; it retries, and later events of the same key wait.',
    });
    this.#alarm('DeadLetters', {
      metric: publisher.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning: 'an audit event could not be published for twelve hours; the stream keeps it for twelve more.',
    });
    this.#alarm('RotationErrors', {
      metric: rotation.function.metricErrors({ period: Duration.minutes(5) }),
      above: 0,
      meaning: 'the rotation of the pepper failed; the old pepper stays in use.',
    });
    this.#alarm('SweepErrors', {
      metric: sweep.function.metricErrors({ period: Duration.minutes(5) }),
      above: 0,
      periods: 3,
      meaning: 'the sweep failed three times in a row; ends of keys and lapsed approvals may go untold.',
    });
    this.#alarm('SweepLag', {
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: METRIC.sweepLagSeconds,
        dimensionsMap: { service: 'sweep' },
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(15),
      }),
      above: 3600,
      meaning: 'something that came to pass by itself was noted more than an hour late.',
    });
    this.#alarm('ManagementErrors', {
      metric: management.api.metricServerError({ period: Duration.minutes(5), statistic: Stats.SUM }),
      above: 0,
      meaning: 'the management API answered 5xx.',
    });
    for (let i = 0; i < functions.length; i += MOST_METRICS) {
      this.#throttleAlarm(
        `Throttles${i === 0 ? '' : i / MOST_METRICS + 1}`,
        functions.slice(i, i + MOST_METRICS),
      );
    }
  }

  #throttleAlarm(id: string, functions: readonly KeywrightFunction[]): void {
    this.#alarm(id, {
      metric: new MathExpression({
        label: 'throttled invocations of the control plane',
        expression: functions.map((_, i) => `f${i}`).join(' + '),
        usingMetrics: Object.fromEntries(functions.map((fn, i) => [`f${i}`, fn.metricThrottles()])),
        period: Duration.minutes(5),
      }),
      above: 0,
      meaning: 'Lambda throttled a function of the control plane.',
    });
  }

  #alarm(id: string, props: AlarmProps): void {
    addAlarm(this, id, this.alarmTopic, props);
  }

  #outputs({ issuer, audience }: Issuer): void {
    new CfnOutput(this, 'ManagementUrl', { value: this.management.api.apiEndpoint });
    new CfnOutput(this, 'Issuer', { value: issuer });
    new CfnOutput(this, 'Audience', { value: audience });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.alarmTopic.topicArn });
  }
}
