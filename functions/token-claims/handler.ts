import { Logger } from '@aws-lambda-powertools/logger';
import type { PreTokenGenerationV2TriggerEvent } from 'aws-lambda';
import { endpointOf, lambdaCredentials, required } from '../../core/aws/lambda-environment.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { withClaims } from './claims.ts';
import { asksSecondFactor } from './second-factor.ts';

const cognito = signedClient({
  service: 'cognito-idp',
  region: required(process.env, 'AWS_REGION'),
  endpoint: endpointOf(process.env, 'COGNITO_IDENTITY_PROVIDER'),
  credentials: () => lambdaCredentials(process.env),
  // Cognito waits five seconds for a trigger.
  attemptMilliseconds: 1500,
  deadlineMilliseconds: 2000,
  now: Date.now,
  random: Math.random,
});
const dependencies = {
  asksSecondFactor: (user: Parameters<typeof asksSecondFactor>[1]) => asksSecondFactor(cognito, user),
  logger: new Logger(),
};

export const handler = (event: PreTokenGenerationV2TriggerEvent) => withClaims(event, dependencies);
