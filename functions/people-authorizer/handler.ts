import { Logger } from '@aws-lambda-powertools/logger';
import { systemClock } from '../../core/access/clock.ts';
import { deployedTable } from '../../core/aws/document-client.ts';
import { lambdaClient } from '../../core/aws/lambda-client.ts';
import { endpointOf, lambdaCredentials, required } from '../../core/aws/lambda-environment.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { personTokens } from '../../core/oauth/person-tokens.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import { authorizePerson } from './authorize-person.ts';

const listed = (name: string) => required(process.env, name).split(' ').filter(Boolean);
const logger = new Logger();
const invoke = lambdaClient(required(process.env, ENV.sessionFunction), {
  region: required(process.env, 'AWS_REGION'),
  endpoint: endpointOf(process.env, 'LAMBDA'),
  credentials: () => lambdaCredentials(process.env),
  attemptMilliseconds: 500,
  deadlineMilliseconds: 1000,
  now: systemClock,
  random: Math.random,
});

export const handler = authorizePerson({
  now: () => new Date(),
  sessions: new SessionStore(deployedTable()),
  tokens: personTokens(
    { issuer: required(process.env, ENV.issuer), audiences: listed(ENV.audiences) },
    systemClock,
    (message, cause) => logger.warn(message, { cause }),
  ),
  renew: (sessionId) => invoke('Invoke', { renew: sessionId }),
  origins: listed(ENV.portalOrigins),
  recentSignInSeconds: Number(required(process.env, ENV.recentSignInSeconds)),
  logger,
});
