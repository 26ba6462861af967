import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';

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
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { key, emails }: AlarmTopicProps) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', {
      displayName: 'Keywright alarms',
      masterKey: key,
      enforceSSL: true,
    });
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
  }

  /** Adds an alarm that reports here when it starts and when it ends. No data is good news. */
  alarm(id: string, { metric, above, periods = 1, meaning }: AlarmProps): Alarm {
    const alarm = new Alarm(this, id, {
      alarmDescription: `Keywright: ${meaning}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: periods,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
    return alarm;
  }
}
