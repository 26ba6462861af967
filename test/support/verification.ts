import { randomBytes } from 'node:crypto';
import { Authorizer } from '../../core/access/authorizer.ts';
import { Limiter } from '../../core/access/limiter.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import type { HandlerDependencies } from '../../core/management/management-handler.ts';
import { fetchJson, tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { limitStore } from '../../core/store/limit-store.ts';
import type { VerifyDependencies } from '../../functions/verify/dependencies.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { upkeepOn } from './key-upkeep.ts';

type Verification = Omit<VerifyDependencies, keyof HandlerDependencies>;

/** What `verify` decides with, on a test's tables; it remembers nothing from one request to the next. */
export function verification(
  { endpoint, main, regional }: Pick<TestDynamoDb, 'endpoint' | 'main' | 'regional'>,
  dependencies: HandlerDependencies,
  pepper: () => Pepper,
  { acceptsImported = false, lines }: { acceptsImported?: boolean; lines?: string[] } = {},
): Verification {
  const now = () => dependencies.now().getTime();
  const dynamodb = signedClient({
    service: 'dynamodb',
    region: 'eu-central-1',
    endpoint,
    credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 10_000,
    now: Date.now,
    random: Math.random,
  });
  const onWarning = (message: string, cause: unknown) =>
    dependencies.logger?.warn(message, { error: cause as Error });
  const store = (apiId: string | undefined) =>
    accessStore({
      dynamodb,
      table: main.name,
      regionalTable: regional.name,
      apiId,
      sharedMilliseconds: 0,
      now,
      newEventId: (time) => eventId(time, randomBytes),
    });
  const { upkeep } = upkeepOn(main, async () => pepper(), now);
  return {
    authorizerOf: (apiId) =>
      new Authorizer({
        format: dependencies.keyFormat,
        store: store(apiId),
        upkeep,
        peppers: { current: async () => pepper(), knowing: async () => pepper() },
        tokens: tokenVerifier(fetchJson, now),
        now,
        cacheMilliseconds: 3000,
        staleMilliseconds: 0,
        deadlineMilliseconds: 5000,
        cacheEntries: 100,
        gatewayCaches: false,
        acceptsImported,
        onWarning,
        onStale: () => undefined,
      }),
    limiter: new Limiter({
      store: limitStore({ dynamodb, table: regional.name, region: 'eu-central-1', now }),
      now,
      entries: 100,
      onWarning,
    }),
    write: (line) => lines?.push(line),
    defaultLimits: { sandbox: [{ limit: 6000, period: 60 }], live: [] },
  };
}
