import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Alias, type IVersion, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { suppress } from './suppression.ts';

interface GradualDeploymentProps {
  /** Everything that it is given must have been given: another environment is another version. */
  readonly function: LambdaFunction;
  /** What it is, for whoever reads of a roll-back. */
  readonly what: string;
  /** Where a roll-back is reported. Default: nowhere but in CodeDeploy. */
  readonly alarmTopic?: Topic | undefined;
}

const ALIAS = 'live';
/** Fewer calls say nothing; nine failures of ten are no attack's share of the calls of an API that is in use. */
const LEAST_CALLS = 20;
const FAILING_SHARE = 0.9;

/**
 * A function that is replaced step by step: callers call its alias, CodeDeploy sends a tenth of the calls to a new
 * version, and after five minutes all of them. If nearly all calls of the new version fail meanwhile, CodeDeploy
 * sends everything to the old one again, and CloudFormation rolls the stack back.
 *
 * An authorizer refuses by throwing, so refused keys are failures too. Hence a share, and of the new version alone:
 * Lambda tells the two apart while an alias has both («Types of metrics for Lambda functions», `ExecutedVersion`).
 */
export class GradualDeployment extends Construct {
  readonly alias: Alias;

  constructor(scope: Construct, id: string, props: GradualDeploymentProps) {
    super(scope, id);
    const { currentVersion: version, functionName } = props.function;
    this.alias = new Alias(this, 'Alias', { aliasName: ALIAS, version: version as IVersion });
    const metric = (metricName: string) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: {
          FunctionName: functionName,
          Resource: `${functionName}:${ALIAS}`,
          ExecutedVersion: version.version,
        },
        statistic: Stats.SUM,
        period: Duration.minutes(1),
      });
    const alarm = new Alarm(this, 'NewVersionFails', {
      alarmDescription: `Keywright: nearly every call of the new version of ${props.what} fails; it is rolled back.`,
      metric: new MathExpression({
        label: 'minutes in which the new version fails',
        expression: `IF(calls >= ${LEAST_CALLS} AND errors / calls > ${FAILING_SHARE}, 1, 0)`,
        usingMetrics: { calls: metric('Invocations'), errors: metric('Errors') },
        period: Duration.minutes(1),
      }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      evaluationPeriods: 1,
    });
    if (props.alarmTopic !== undefined) {
      alarm.addAlarmAction(new SnsAction(props.alarmTopic));
      alarm.addOkAction(new SnsAction(props.alarmTopic));
    }
    const group = new LambdaDeploymentGroup(this, 'Group', {
      alias: this.alias,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [alarm],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
    suppress(group, {
      id: 'AwsSolutions-IAM4',
      reason: 'CodeDeploy documents this managed policy for shifting the traffic of Lambda functions.',
    });
  }
}
