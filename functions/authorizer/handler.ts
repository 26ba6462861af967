import { randomBytes } from 'node:crypto';
import { Authorizer } from '../../core/access/authorizer.ts';
import { endpointOf, lambdaCredentials, required } from '../../core/aws/lambda-environment.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { eventId } from '../../core/domain/event-id.ts';
import { KeyFormat } from '../../core/domain/key-format.ts';
import { readDefaultLimits } from '../../core/domain/limit.ts';
import { fetchJson, tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { authorizerHandler } from './authorizer-handler.ts';
import { GatewayAnswers } from './gateway-answer.ts';
import { logWarning } from './refusal-log.ts';
import { staleLog } from './stale-log.ts';

const env = process.env;
const now = Date.now;
const write = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** Lambda gives the function 5 seconds, and a decision may take several calls one after another. */
const PATIENCE = { attemptMilliseconds: 500, deadlineMilliseconds: 1200 };
const DECISION_MILLISECONDS = 3500;

const client = (service: 'dynamodb' | 'secretsmanager', endpoint: string | undefined) =>
  signedClient({
    service,
    endpoint,
    region: required(env, 'AWS_REGION'),
    credentials: () => lambdaCredentials(env),
    ...PATIENCE,
    now,
    random: Math.random,
  });

const peppers = pepperSource(
  client('secretsmanager', endpointOf(env, 'SECRETS_MANAGER')),
  required(env, ENV.pepperSecret),
  now,
);

const cacheMilliseconds = Number(required(env, ENV.cacheSeconds)) * 1000;
const gatewayCaches = Number(required(env, ENV.gatewayCacheSeconds)) > 0;

const authorizer = new Authorizer({
  format: new KeyFormat(env[ENV.vendor]),
  store: accessStore({
    dynamodb: client('dynamodb', endpointOf(env, 'DYNAMODB')),
    table: required(env, ENV.table),
    apiId: required(env, ENV.apiId),
    // Their age counts against the life of what is decided on them, so they are used for a part of it only.
    sharedMilliseconds: cacheMilliseconds / 3,
    now,
    newEventId: (time) => eventId(time, randomBytes),
  }),
  peppers,
  tokens: tokenVerifier(fetchJson, now),
  now,
  cacheMilliseconds,
  staleMilliseconds: Number(required(env, ENV.staleSeconds)) * 1000,
  deadlineMilliseconds: DECISION_MILLISECONDS,
  cacheEntries: Number(required(env, ENV.cacheEntries)),
  gatewayCaches,
  acceptsImported: env[ENV.acceptImportedKeys] === 'true',
  onWarning: (message, cause) => logWarning(write, message, cause),
  onStale: staleLog(write, now),
});

// Begun during the function's init phase, so that the first request finds it done; it reports its own failure.
peppers.current().catch(() => undefined);

const answers = new GatewayAnswers({
  gatewayCaches,
  usageIdentifiers: env[ENV.usageIdentifiers] === 'true',
  defaultLimits: readDefaultLimits(env[ENV.defaultLimits]),
});

/** The Lambda authorizer of one protected API; see `authorizerHandler`. */
export const handler = authorizerHandler({ authorizer, answers, now, write });
