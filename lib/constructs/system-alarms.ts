import { Duration } from 'aws-cdk-lib';
import { type Alarm, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { METRIC, METRIC_NAMESPACE, RESOURCE } from '../../core/contract/deployment.ts';
import { type AlarmProps, addAlarm } from './alarms.ts';
import type { AuditGaps } from './audit-gaps.ts';
import type { Brake } from './brake.ts';
import type { KeywrightFunction } from './function.ts';
import type { KeyUpkeep } from './key-upkeep.ts';
import type { Mail } from './mail.ts';
import type { ManagementApi } from './management-api.ts';
import type { PepperRotation } from './pepper-rotation.ts';
import type { Publisher } from './publisher.ts';
import type { Sweep } from './sweep.ts';
import type { UsageConsumer } from './usage-consumer.ts';

/** CloudWatch's limit of the metrics that an alarm may add up. */
const MOST_METRICS = 10;
const FIVE_MINUTES = Duration.minutes(5);

interface ControlPlane {
  readonly management: ManagementApi;
  readonly publisher: Publisher;
  readonly rotation: PepperRotation;
  readonly sweep: Sweep;
  readonly usage: UsageConsumer;
  readonly upkeep: KeyUpkeep;
  readonly auditGaps: AuditGaps;
  readonly brake: Brake;
  readonly mail: Mail | undefined;
}

/**
 * Alarms of a Region's request plane, by our own metrics and not the authorizers' `Errors`: an authorizer answers
 * 401 by throwing, so every refused key counts as an error there.
 */
export function addDecisionAlarms(scope: Construct, topic: Topic): Alarm[] {
  const alarm = (id: string, props: AlarmProps) => addAlarm(scope, id, topic, props);
  return [
    alarm('AuthorizerUnavailable', {
      metric: ours(METRIC.unavailable, Stats.SUM, Duration.minutes(1)),
      above: 0,
      meaning:
        'an authorizer, a guard or verify could not decide because a dependency failed; callers get 503.',
    }),
    alarm('StaleDecisions', {
      metric: ours(METRIC.stale, Stats.SUM, Duration.minutes(1)),
      above: 0,
      meaning: 'known keys are admitted by old records, because DynamoDB can’t be read; revocations wait.',
    }),
  ];
}

/** Alarms of the main Region's request plane. @param pepperRotationDays how often the pepper is to get a new version */
export function addRequestPlaneAlarms(scope: Construct, topic: Topic, pepperRotationDays: number): Alarm[] {
  const alarm = (id: string, props: AlarmProps) => addAlarm(scope, id, topic, props);
  return [
    ...addDecisionAlarms(scope, topic),
    alarm('PepperAge', {
      metric: ours(METRIC.pepperAgeDays, Stats.MAXIMUM, Duration.days(1)),
      // A rotation is due within a day of the interval; a week allows for one that is retried.
      above: pepperRotationDays + 7,
      meaning: 'the pepper is older than its rotation interval; a rotation failed or was turned off.',
    }),
    alarm('PepperAgeUnknown', {
      metric: ours(METRIC.pepperAgeDays, Stats.SAMPLE_COUNT, Duration.hours(1)),
      below: 1,
      meaning: 'nobody has measured the pepper for an hour: neither its age, nor whether it was changed.',
    }),
    alarm('PepperRewritten', {
      metric: ours(METRIC.pepperVersionsLost, Stats.MAXIMUM, Duration.minutes(15)),
      above: 0,
      meaning: 'the pepper lost a version or went back to an older one: keys are refused that are good.',
    }),
  ];
}

/** Alarms of what counts a Region's requests. */
export function addUsageAlarms(scope: Construct, topic: Topic, usage: UsageConsumer): Alarm[] {
  const alarm = (id: string, props: AlarmProps) => addAlarm(scope, id, topic, props);
  return [
    alarm('UsageErrors', {
      metric: usage.function.metricErrors({ period: FIVE_MINUTES }),
      above: 0,
      periods: 3,
      meaning: 'log lines could not be counted three times in a row; usage and findings are late.',
    }),
    alarm('UsageDeadLetters', {
      metric: usage.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning: 'log lines could not be counted; they lie in the queue for 14 days.',
    }),
  ];
}

/** Alarms of the control plane: late or lost events, failing functions, and what should run and doesn't. */
export function addControlPlaneAlarms(
  scope: Construct,
  topic: Topic,
  { management, publisher, rotation, sweep, usage, upkeep, auditGaps, brake, mail }: ControlPlane,
): Alarm[] {
  const alarm = (id: string, props: AlarmProps) => addAlarm(scope, id, topic, props);
  const parts = [publisher, rotation, sweep, usage, upkeep, auditGaps, brake, ...(mail ? [mail] : [])];
  const others = parts.map((part) => part.function);
  const functions = [...management.functions, ...others];
  return [
    alarm('PublisherLag', {
      metric: publisher.function.metric('IteratorAge', {
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
      above: 60_000,
      periods: 5,
      meaning: 'audit events have waited more than a minute to be published, for five minutes.',
    }),
    alarm('PublisherErrors', {
      metric: publisher.function.metricErrors({ period: FIVE_MINUTES }),
      above: 0,
      meaning: 'the publisher failed; it retries, and later events of the same key wait.',
    }),
    alarm('DeadLetters', {
      metric: publisher.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning: 'an audit event could not be published for twelve hours; the stream keeps it for twelve more.',
    }),
    alarm('EventsSetAside', {
      metric: publisher.setAside.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning:
        'an audit event can’t be published as it is; it lies in a queue for 14 days, the others go on.',
    }),
    alarm('AuditGaps', {
      metric: ours(METRIC.auditGaps, Stats.SUM, FIVE_MINUTES, { service: 'audit-gaps' }),
      above: 0,
      meaning: 'the audit log lacks the event of a change that was made.',
    }),
    alarm('AuditGapsUnsearched', {
      metric: ours(METRIC.auditGaps, Stats.SAMPLE_COUNT, Duration.hours(1), { service: 'audit-gaps' }),
      below: 1,
      meaning:
        'for an hour nobody has looked, or could look everywhere, whether the audit log lacks the event of a change.',
    }),
    alarm('AuditAnchors', {
      metric: ours(METRIC.anchorsFailed, Stats.SUM, FIVE_MINUTES, { service: 'publisher' }),
      above: 0,
      meaning: 'heads of the audit log could not be signed or written; cutting off its end would go unseen.',
    }),
    ...addUsageAlarms(scope, topic, usage),
    alarm('KeyUpkeepErrors', {
      metric: upkeep.function.metricErrors({ period: FIVE_MINUTES }),
      above: 0,
      periods: 3,
      meaning: 'digests of used keys could not be renewed for a quarter of an hour; the keys work on.',
    }),
    alarm('RotationErrors', {
      metric: rotation.function.metricErrors({ period: FIVE_MINUTES }),
      above: 0,
      meaning: 'the rotation of the pepper failed; the old pepper stays in use.',
    }),
    alarm('SweepErrors', {
      metric: sweep.function.metricErrors({ period: FIVE_MINUTES }),
      above: 0,
      periods: 3,
      meaning: 'the sweep failed three times in a row; ends of keys and lapsed approvals may go untold.',
    }),
    alarm('SweepLag', {
      metric: ours(METRIC.sweepLagSeconds, Stats.MAXIMUM, Duration.minutes(15), { service: 'sweep' }),
      above: 3600,
      meaning: 'something that came to pass by itself was noted more than an hour late.',
    }),
    alarm('SweepSilent', {
      metric: sweep.function.metricInvocations({ period: Duration.hours(1) }),
      below: 1,
      meaning: 'the sweep has not run for an hour; ends of keys and lapsed approvals go untold.',
    }),
    alarm('ManagementErrors', {
      metric: management.api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      above: 0,
      meaning: 'the management API answered 5xx.',
    }),
    alarm('LeakReportErrors', {
      metric: management.public.api.metricServerError({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      above: 0,
      meaning: 'a report of leaked keys was answered 5xx; whoever sent it may not send it again.',
    }),
    ...inGroups(functions).map((group, i) =>
      alarm(`Throttles${i === 0 ? '' : i + 1}`, {
        metric: throttlesOf(group),
        above: 0,
        meaning: 'Lambda throttled a function of the control plane.',
      }),
    ),
  ];
}

/** Alarms of mails: what was not sent, and what makes SES stop sending for the whole account. */
export function addMailAlarms(scope: Construct, topic: Topic, { function: fn, deadLetters }: Mail): Alarm[] {
  const alarm = (id: string, props: AlarmProps) => addAlarm(scope, id, topic, props);
  const reputation = (metricName: string) =>
    new Metric({ namespace: 'AWS/SES', metricName, statistic: Stats.MAXIMUM, period: Duration.hours(1) });
  return [
    alarm('MailDeadLetters', {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) }),
      above: 0,
      meaning: 'somebody could not be told of something by mail; it lies in the queue for 14 days.',
    }),
    alarm('MailErrors', {
      metric: fn.metricErrors({ period: Duration.hours(1) }),
      above: 0,
      periods: 3,
      meaning: 'the function of mails failed for three hours; digests are late.',
    }),
    // From 5 % SES puts an account under review, from 0.1 % of complaints too («Reputation metrics messages»).
    alarm('MailBounces', {
      metric: reputation('Reputation.BounceRate'),
      above: 0.04,
      meaning: 'more than 4 % of the account’s mails come back; at 5 % SES puts it under review.',
    }),
    alarm('MailComplaints', {
      metric: reputation('Reputation.ComplaintRate'),
      above: 0.0008,
      meaning:
        'more than 0.08 % of the account’s mails are complained of; at 0.1 % SES puts it under review.',
    }),
  ];
}

/**
 * Alarms of the archive of audit events. It is named and not referred to, so that it can be taken away without
 * the stack of the alarms holding on to it. What is missing is good news only while nothing came in.
 */
export function addArchiveAlarms(scope: Construct, topic: Topic): Alarm[] {
  const metric = (metricName: string, statistic: string, period: Duration) =>
    new Metric({
      namespace: 'AWS/Firehose',
      metricName,
      dimensionsMap: { DeliveryStreamName: RESOURCE.auditArchiveStream },
      statistic,
      period,
    });
  const hour = Duration.hours(1);
  return [
    addAlarm(scope, 'AuditArchiveLate', topic, {
      metric: metric('DeliveryToS3.DataFreshness', Stats.MAXIMUM, FIVE_MINUTES),
      above: 900,
      meaning: 'an audit event has waited more than 15 minutes to be written to the archive.',
    }),
    addAlarm(scope, 'AuditArchiveSilent', topic, {
      metric: new MathExpression({
        label: 'hours with audit events and without a delivery',
        expression: 'IF(FILL(received, 0) > 0 && FILL(delivered, 0) == 0, 1, 0)',
        usingMetrics: {
          received: metric('IncomingRecords', Stats.SUM, hour),
          delivered: metric('DeliveryToS3.Records', Stats.SUM, hour),
        },
        period: hour,
      }),
      above: 0,
      periods: 2,
      meaning: 'audit events came to the archive for two hours, and none was written.',
    }),
  ];
}

function ours(
  metricName: string,
  statistic: string,
  period: Duration,
  dimensionsMap: Record<string, string> = {},
): Metric {
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period });
}

function inGroups(functions: readonly KeywrightFunction[]): KeywrightFunction[][] {
  const count = Math.ceil(functions.length / MOST_METRICS);
  return Array.from({ length: count }, (_, i) => functions.slice(i * MOST_METRICS, (i + 1) * MOST_METRICS));
}

function throttlesOf(functions: readonly KeywrightFunction[]): MathExpression {
  return new MathExpression({
    label: 'throttled invocations of the control plane',
    expression: functions.map((_, i) => `f${i}`).join(' + '),
    usingMetrics: Object.fromEntries(functions.map((fn, i) => [`f${i}`, fn.metricThrottles()])),
    period: FIVE_MINUTES,
  });
}
