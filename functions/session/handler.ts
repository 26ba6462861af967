import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { systemClock } from '../../core/access/clock.ts';
import { deployedTable } from '../../core/aws/document-client.ts';
import { endpointOf, lambdaCredentials, required } from '../../core/aws/lambda-environment.ts';
import { deployedSealedTexts } from '../../core/aws/sealed-text.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { personTokens } from '../../core/oauth/person-tokens.ts';
import { SessionStore } from '../../core/store/session-store.ts';
import { deployedOrigin } from '../../core/wiring/deployed-dependencies.ts';
import type { SessionDependencies } from './dependencies.ts';
import { Issuer } from './issuer.ts';
import { renewSession } from './renew-session.ts';
import { sessionHandler } from './session-handler.ts';

const listed = (name: string) => required(process.env, name).split(' ').filter(Boolean);
const logger = new Logger();
const secrets = signedClient({
  service: 'secretsmanager',
  region: required(process.env, 'AWS_REGION'),
  endpoint: endpointOf(process.env, 'SECRETS_MANAGER'),
  credentials: () => lambdaCredentials(process.env),
  attemptMilliseconds: 2_000,
  deadlineMilliseconds: 5_000,
  now: systemClock,
  random: Math.random,
});
const issuer = required(process.env, ENV.issuer);
const [first = '', ...others] = listed(ENV.portalOrigins);

const dependencies: SessionDependencies = {
  now: () => new Date(),
  randomBytes,
  sessions: new SessionStore(deployedTable()),
  issuer: new Issuer(
    {
      issuer,
      clientId: required(process.env, ENV.clientId),
      clientSecret: async () => {
        const SecretId = required(process.env, ENV.clientSecret);
        return String((await secrets('GetSecretValue', { SecretId })).SecretString);
      },
      scopes: required(process.env, ENV.scopes),
      stepUpAcrValues: required(process.env, ENV.stepUpAcrValues),
    },
    personTokens({ issuer, audiences: listed(ENV.audiences) }, systemClock, (message, cause) =>
      logger.warn(message, { cause }),
    ),
    Date.now,
  ),
  sealed: deployedSealedTexts(),
  origins: [first, ...others],
  ...deployedOrigin(process.env),
  logger,
};

const answer = sessionHandler(dependencies);

/** A request of a browser's, or the people's authorizer asking that a session be renewed. */
export async function handler(event: APIGatewayProxyEventV2 | { renew: string }, { awsRequestId }: Context) {
  if (!('renew' in event)) return answer(event);
  await renewSession(event.renew, awsRequestId, dependencies);
  return undefined;
}
