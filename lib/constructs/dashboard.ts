import { Duration, Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { METRIC, METRIC_NAMESPACE, RESOURCE } from '../../core/contract/deployment.ts';

interface OverviewProps {
  readonly alarms: readonly Alarm[];
  /** How many audit events of each type there were. */
  readonly auditEvents: IMetric;
  /** How old the oldest unpublished event is, in milliseconds. */
  readonly publisherLag: IMetric;
  readonly managementAnswers: readonly IMetric[];
}

const PERIOD = Duration.minutes(5);
const WIDTH = 12;

/**
 * One page for whoever is on call: what rings, what callers are refused for, what people did, and whether
 * tables and functions keep up. Entries of docs/operate/runbook.md refer to its graphs by their titles.
 */
export class Overview extends Dashboard {
  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id, {
      dashboardName: `Keywright-${Stack.of(scope).region}`,
      defaultInterval: Duration.hours(12),
    });
    const { alarms, auditEvents, publisherLag, managementAnswers } = props;
    this.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 4 }));
    this.addWidgets(
      graph('Refused requests, by cause', [everyValueOf(METRIC.refused, 'cause')]),
      graph('Decisions that could not be made', [
        new Metric({
          namespace: METRIC_NAMESPACE,
          metricName: METRIC.unavailable,
          statistic: Stats.SUM,
          period: PERIOD,
        }),
      ]),
    );
    this.addWidgets(
      graph('Audit events, by type', [auditEvents]),
      graph('Oldest unpublished event (ms)', [publisherLag]),
    );
    this.addWidgets(
      graph('Management API', managementAnswers),
      graph('Table: throttled and failed requests', [
        ...tableMetrics('ThrottledRequests'),
        ...tableMetrics('SystemErrors'),
      ]),
    );
  }
}

function graph(title: string, left: readonly IMetric[]): GraphWidget {
  return new GraphWidget({ title, left: [...left], width: WIDTH, height: 6, leftYAxis: { min: 0 } });
}

/** One line for each value that a dimension has had. */
export function everyValueOf(metricName: string, dimension: string): MathExpression {
  return new MathExpression({
    expression: `SEARCH('{${METRIC_NAMESPACE},${dimension}} MetricName="${metricName}"', 'Sum', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: '',
    period: PERIOD,
  });
}

function tableMetrics(metricName: string): Metric[] {
  return ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'].map(
    (Operation) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: RESOURCE.table, Operation },
        statistic: Stats.SUM,
        period: PERIOD,
        label: `${metricName} ${Operation}`,
      }),
  );
}
