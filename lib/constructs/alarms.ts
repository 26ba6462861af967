import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Conditions } from './grant.ts';

interface AlarmTopicProps {
  readonly emails: readonly string[];
}

export type AlarmProps = Watched & (Above | Below);

interface Above {
  /** The alarm rings when the metric is above this; no data is good news. */
  readonly above: number;
}

interface Below {
  /**
   * The alarm rings when the metric is below this, and when it falls silent: it is told as INSUFFICIENT_DATA.
   * An alarm starts out in that state, so what has not been measured yet rings nobody on a first deployment.
   */
  readonly below: number;
}

interface Watched {
  readonly metric: IMetric;
  /** How many periods in a row; default 1. */
  readonly periods?: number;
  /** One sentence for whoever is woken up. */
  readonly meaning: string;
}

/**
 * Where everything reports to that somebody should hear of: an encrypted topic with its mail subscriptions.
 *
 * A topic's own policy takes the place of the one that SNS would give it, which lets CloudWatch in: whoever is
 * to publish is named here. Its key is its own, so that the key of the data is open to no service.
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, { emails }: AlarmTopicProps) {
    const masterKey = new Key(scope, `${id}Key`, {
      description: 'Keywright: alarm topic',
      keyUsage: KeyUsage.ENCRYPT_DECRYPT,
      enableKeyRotation: true,
      pendingWindow: Duration.days(7),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, { displayName: 'Keywright alarms', masterKey, enforceSSL: true });
    for (const email of emails) this.addSubscription(new EmailSubscription(email));
    this.#letAlarmsPublish(masterKey);
    // EventBridge names neither rule nor account when it uses the key: a condition on them would silence it.
    letUse(masterKey, 'RulesUseTheKey', 'events.amazonaws.com');
  }

  /** Every alarm of this account and Region, those of other stacks' authorizers too. */
  #letAlarmsPublish(key: Key): void {
    const stack = Stack.of(this);
    const alarms = stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const fromAlarms: Conditions = {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': alarms },
    };
    letPublish(this, 'AlarmsPublish', 'cloudwatch.amazonaws.com', fromAlarms);
    letUse(key, 'AlarmsUseTheKey', 'cloudwatch.amazonaws.com', fromAlarms);
  }

  /** Lets EventBridge publish for these rules, and for no other; they name the topic as their target. */
  letRulesPublish(sid: string, rules: readonly Rule[]): void {
    letPublish(this, sid, 'events.amazonaws.com', {
      StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
      ArnEquals: { 'aws:SourceArn': rules.map(({ ruleArn }) => ruleArn) },
    });
  }
}

function letPublish(topic: Topic, sid: string, service: string, conditions: Conditions): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal(service)],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions,
    }),
  );
}

function letUse(key: Key, sid: string, service: string, conditions: Conditions = {}): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal(service)],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions,
    }),
  );
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
          treatMissingData: TreatMissingData.MISSING,
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
  if ('below' in props) alarm.addInsufficientDataAction(action);
  return alarm;
}
