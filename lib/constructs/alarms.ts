import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';

interface AlarmTopicProps {
  /** Must allow CloudWatch to use it. */
  readonly key: IKey;
  readonly emails: readonly string[];
}

export interface AlarmProps {
  readonly metric: IMetric;
  /** The alarm rings when the metric is above this. */
  readonly above: number;
  /** How many periods in a row; default 1. */
  readonly periods?: number;
  /** One sentence for whoever is woken up. */
  readonly meaning: string;
}

/** Where every alarm reports to: an encrypted topic with its mail subscriptions. */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, { key, emails }: AlarmTopicProps) {
    super(scope, id, { displayName: 'Keywright alarms', masterKey: key, enforceSSL: true });
    for (const email of emails) this.addSubscription(new EmailSubscription(email));
  }
}

/** An alarm that reports to `topic` when it starts and when it ends. No data is good news. */
export function addAlarm(scope: Construct, id: string, topic: Topic, props: AlarmProps): Alarm {
  const { metric, above, periods = 1, meaning } = props;
  const alarm = new Alarm(scope, id, {
    alarmDescription: `Keywright: ${meaning}`,
    metric,
    threshold: above,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
