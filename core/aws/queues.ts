import type { AwsCall } from './aws-call.ts';
import { endpointOf, lambdaCredentials, required } from './lambda-environment.ts';
import { signedClient } from './signed-client.ts';

const PATIENCE = { attemptMilliseconds: 2_000, deadlineMilliseconds: 5_000 };

/** SQS of a Region, the deployed function's own unless another is named. */
export function deployedQueues(region = required(process.env, 'AWS_REGION')): AwsCall {
  return signedClient({
    service: 'sqs',
    region,
    endpoint: endpointOf(process.env, 'SQS'),
    credentials: () => lambdaCredentials(process.env),
    ...PATIENCE,
    now: Date.now,
    random: Math.random,
  });
}
