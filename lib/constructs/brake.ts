import { CfnOutput, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import type { KeywrightConfig } from '../config.ts';
import { KeywrightFunction } from './function.ts';
import type { ControlStore } from './store.ts';
import { allowBrake } from './watch-permissions.ts';

interface BrakeProps {
  readonly config: KeywrightConfig;
  readonly store: ControlStore;
}

/**
 * The brake behind glass: disables one API key or suspends one subscription for a principal of AWS, and nothing
 * else. It stands past API Gateway, whose limits are spent before anybody is asked for a name: Lambda turns
 * unsigned requests of a function URL away itself. The signature also tells the function who pulled it, which an
 * event by `lambda:Invoke` would only claim.
 */
export class Brake extends Construct {
  readonly function: KeywrightFunction;

  constructor(scope: Construct, id: string, { config, store }: BrakeProps) {
    super(scope, id);
    this.function = new KeywrightFunction(this, 'Function', {
      name: 'brake',
      functionName: RESOURCE.brake,
      description: 'Keywright: the brake behind glass, for principals of AWS',
      memoryMiB: 512,
      timeoutSeconds: 15,
      logRetentionDays: config.logRetentionDays,
      reservedConcurrency: config.reservedConcurrency.brake,
      tracing: true,
    });
    allowBrake(this.function, store);
    const { url } = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM });
    const { functionArn } = this.function;
    // «Control access to Lambda function URLs»: since October 2025 both are needed. The condition of the second
    // keeps its holder from invoking the function with an event that names somebody else.
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: `${RESOURCE.brake}-${Stack.of(this).region}`,
      description: 'Keywright: to disable a key or suspend a subscription past the management API',
      statements: [
        new PolicyStatement({
          actions: ['lambda:InvokeFunctionUrl'],
          resources: [functionArn],
          conditions: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
        }),
        new PolicyStatement({
          actions: ['lambda:InvokeFunction'],
          resources: [functionArn],
          conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': 'true' } },
        }),
      ],
    });
    new CfnOutput(this, 'Url', { value: url }).overrideLogicalId('BrakeUrl');
    new CfnOutput(this, 'PolicyArn', { value: policy.managedPolicyArn }).overrideLogicalId('BrakePolicyArn');
  }
}
