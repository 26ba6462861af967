import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { KeywrightConfig } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import { allowPepperRotation } from './request-permissions.ts';
import type { Store } from './store.ts';

interface PepperRotationProps {
  readonly config: KeywrightConfig;
  readonly store: Store;
}

/**
 * Adds a version to the pepper on a schedule. Old versions stay, so no key breaks; each digest moves to
 * the new one when its key is next used. Every quarter of an hour the same function measures the pepper's age
 * and looks whether a version was lost, which alarms watch.
 */
export class PepperRotation extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, store }: PepperRotationProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'pepper-rotation',
      description: 'Keywright: adds a version to the pepper',
      memoryMiB: 256,
      timeoutSeconds: 30,
      logRetentionDays: config.logRetentionDays,
      tracing: true,
    });
    allowPepperRotation(this.function, store);
    this.function.addPermission('SecretsManager', {
      principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
      sourceArn: store.pepperArn,
    });
    // The level-2 construct would write this stack's role into the data stack's key policy: a cycle.
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: store.pepperArn,
      rotationLambdaArn: this.function.functionArn,
      rotationRules: { automaticallyAfterDays: config.pepperRotationDays },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(this.function);
    new Rule(this, 'Measure', {
      description: 'Keywright: measure the pepper',
      schedule: Schedule.rate(Duration.minutes(15)),
      targets: [
        new LambdaFunction(this.function, { event: RuleTargetInput.fromObject({ measure: 'pepper' }) }),
      ],
    });
  }
}
