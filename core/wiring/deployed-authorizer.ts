import { randomBytes } from 'node:crypto';
import { Authorizer, type AuthorizerOptions } from '../access/authorizer.ts';
import { systemClock } from '../access/clock.ts';
import { KnownRecords } from '../access/known-records.ts';
import { Limiter } from '../access/limiter.ts';
import type { KeyUpkeep, TokenVerifier } from '../access/ports.ts';
import { writeLine } from '../access/refusal-log.ts';
import { staleLog } from '../access/stale-log.ts';
import type { AwsCall } from '../aws/aws-call.ts';
import { upkeepByEvent } from '../aws/key-upkeep.ts';
import { lambdaClient } from '../aws/lambda-client.ts';
import { endpointOf, lambdaCredentials, required } from '../aws/lambda-environment.ts';
import { pepperSource } from '../aws/pepper-source.ts';
import { signedClient } from '../aws/signed-client.ts';
import * as ENV from '../contract/environment.ts';
import { eventId } from '../domain/ground/event-id.ts';
import { KeyFormat } from '../domain/keys/key-format.ts';
import { accessStore } from '../store/access-store.ts';
import { limitStore } from '../store/limit-store.ts';

/** What upkeep may cost a decision in all: one attempt. Who can't be reached is asked again in a minute. */
export const UPKEEP_PATIENCE = { attemptMilliseconds: 250, deadlineMilliseconds: 250 };

type OnWarning = (message: string, cause: unknown) => void;

const PATIENCE = { attemptMilliseconds: 500, deadlineMilliseconds: 1700 };
const DECISION_MILLISECONDS = 3000;
const LIMITER_ENTRIES = 10_000;
/** APIs whose callers one process decides on have other callers each, as a rule. */
const KNOWN_PER_ENTRY = 4;

/** A client of a service for a function that decides on requests. */
export function deployedClient(
  env: NodeJS.ProcessEnv,
  service: 'dynamodb' | 'secretsmanager',
  region = required(env, 'AWS_REGION'),
): AwsCall {
  return signedClient({
    service,
    endpoint: endpointOf(env, service === 'dynamodb' ? 'DYNAMODB' : 'SECRETS_MANAGER'),
    region,
    credentials: () => lambdaCredentials(env),
    ...PATIENCE,
    now: systemClock,
    random: Math.random,
  });
}

/** The function key-upkeep, as those reach it who decide on requests. */
function deployedUpkeep(env: NodeJS.ProcessEnv): KeyUpkeep {
  const invoke = lambdaClient(required(env, ENV.keyUpkeep), {
    endpoint: endpointOf(env, 'LAMBDA'),
    region: env[ENV.mainRegion] ?? required(env, 'AWS_REGION'),
    credentials: () => lambdaCredentials(env),
    ...UPKEEP_PATIENCE,
    now: systemClock,
    random: Math.random,
  });
  return upkeepByEvent(invoke, randomBytes);
}

/** A file of its own beside each function, loaded by the first token: most APIs ask for none. */
function deployedTokens(now: () => number, onWarning: OnWarning): TokenVerifier {
  let verifier: Promise<TokenVerifier> | undefined;
  return {
    async verify(...asked) {
      verifier ??= import('#token-verifier').then(({ fetchJson, tokenVerifier }) =>
        tokenVerifier(fetchJson, now, onWarning),
      );
      return (await verifier).verify(...asked);
    },
  };
}

/** Limits counted in the Region's own table, or where those of all Regions are. @param dynamodb of this Region */
export function deployedLimiter(env: NodeJS.ProcessEnv, dynamodb: AwsCall, onWarning: OnWarning): Limiter {
  const home = env[ENV.limitsRegion];
  const store = limitStore({
    dynamodb: home === undefined ? dynamodb : deployedClient(env, 'dynamodb', home),
    table: required(env, ENV.regionalTable),
    region: home ?? required(env, 'AWS_REGION'),
    now: systemClock,
  });
  return new Limiter({
    store,
    now: systemClock,
    entries: LIMITER_ENTRIES,
    leasesAhead: home !== undefined,
    onWarning,
  });
}

/** How one function's authorizers differ from another's. */
interface DecisionSettings extends Pick<AuthorizerOptions, 'onWarning'> {
  /** Default: what leaves a backend time to answer. */
  readonly deadlineMilliseconds?: number;
  /** Whether API Gateway keeps the answers. Default: no. */
  readonly gatewayCaches?: boolean;
}

/**
 * Makes authorizers by the environment that `lib/` gives: that of an API, the guard's for its one API, and
 * `verify`'s for any and for keys of which no API is named. They share the pepper, the connections
 * and what is known of credentials and tenants.
 */
export function deployedAuthorizers(
  env: NodeJS.ProcessEnv,
  dynamodb: AwsCall,
  { deadlineMilliseconds = DECISION_MILLISECONDS, gatewayCaches = false, onWarning }: DecisionSettings,
): (apiId: string | undefined) => Authorizer {
  const now = systemClock;
  const peppers = pepperSource(deployedClient(env, 'secretsmanager'), required(env, ENV.pepperSecret), now);
  // Begun while the function loads, so that the first request finds it done; it reports its own failure.
  peppers.current().catch(() => undefined);
  const tokens = deployedTokens(now, onWarning);
  const upkeep = deployedUpkeep(env);
  const onStale = staleLog(writeLine, now);
  const cacheMilliseconds = Number(required(env, ENV.cacheSeconds)) * 1000;
  const cacheEntries = Number(required(env, ENV.cacheEntries));
  const known = new KnownRecords(KNOWN_PER_ENTRY * cacheEntries);
  return (apiId) =>
    new Authorizer({
      format: new KeyFormat(env[ENV.vendor]),
      store: accessStore({
        dynamodb,
        table: required(env, ENV.table),
        regionalTable: required(env, ENV.regionalTable),
        apiId,
        // Their age counts against the life of what is decided on them, so they are used for a part of it only.
        sharedMilliseconds: cacheMilliseconds / 3,
        now,
        newEventId: (time) => eventId(time, randomBytes),
      }),
      peppers,
      upkeep,
      tokens,
      now,
      cacheMilliseconds,
      staleMilliseconds: Number(required(env, ENV.staleSeconds)) * 1000,
      deadlineMilliseconds,
      cacheEntries,
      known,
      gatewayCaches,
      acceptsImported: env[ENV.acceptImportedKeys] === 'true',
      onWarning,
      onStale,
    });
}
