import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { FilterPattern, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { EVENT_SOURCE, METRIC_NAMESPACE } from '../../core/contract/deployment.ts';
import type { EventType } from '../../core/contract/events.ts';
import { everyValueOf } from './dashboard.ts';

interface AuditMetricsProps {
  readonly bus: EventBus;
  readonly logRetentionDays: number;
}

const METRIC_NAME = 'AuditEvents';

/** Counts the bus's events by type: rule → log group → metric filter with the dimension `type`. */
export class AuditMetrics extends Construct {
  constructor(scope: Construct, id: string, { bus, logRetentionDays }: AuditMetricsProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logGroupArn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: logGroup.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    new Rule(this, 'Rule', {
      description: 'Keywright: audit events to the log that alarms count',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE] },
      // The library's own target would deploy a Lambda function only to write the policy below.
      targets: [{ bind: () => ({ arn: logGroupArn }) }],
    });
    logGroup.addToResourcePolicy(
      new PolicyStatement({
        principals: [
          new ServicePrincipal('events.amazonaws.com'),
          new ServicePrincipal('delivery.logs.amazonaws.com'),
        ],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    );
    logGroup.addMetricFilter('Count', {
      filterPattern: FilterPattern.exists('$.detail-type'),
      metricNamespace: METRIC_NAMESPACE,
      metricName: METRIC_NAME,
      metricValue: '1',
      dimensions: { type: '$.detail-type' },
    });
  }

  /** How many events there were in five minutes, a line for each type. */
  everyType(): IMetric {
    return everyValueOf(METRIC_NAME, 'type');
  }

  /** How many events of `type` there were in five minutes. */
  count(type: EventType): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRIC_NAME,
      dimensionsMap: { type },
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    });
  }
}
