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

export type AlarmProps = Watched & (Above | Below);

interface Above {
  /** The alarm rings when the metric is above this; no data is good news. */
  readonly above: number;
}

interface Below {
  /** The alarm rings when the metric is below this, and on silence. */
  readonly below: number;
}

interface Watched {
  readonly metric: IMetric;
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

/** An alarm that reports to `topic` when it starts and when it ends. */
export function addAlarm(scope: Construct, id: string, topic: Topic, props: AlarmProps): Alarm {
  const { metric, periods = 1, meaning } = props;
  const limit =
    'above' in props
      ? {
          threshold: props.above,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
          treatMissingData: TreatMissingData.NOT_BREACHING,
        }
      : {
          threshold: props.below,
          comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
          treatMissingData: TreatMissingData.BREACHING,
        };
  const alarm = new Alarm(scope, id, {
    alarmDescription: `Keywright: ${meaning}`,
    metric,
    evaluationPeriods: periods,
    ...limit,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
