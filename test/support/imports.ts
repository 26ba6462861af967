import { createHash, randomBytes } from 'node:crypto';
import { Authorizer } from '../../core/access/authorizer.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { fetchJson, tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { accessStore } from '../../core/store/access-store.ts';
import type { TestDynamoDb } from './dynamodb.ts';
import { upkeepOn } from './key-upkeep.ts';
import type { TestManagement } from './management.ts';
import { TENANT_ID } from './subscriptions.ts';

/** A text such as another system may have issued. */
export const issuedText = () => `legacy.${randomBytes(18).toString('base64url')}`;
export const sha256Of = (text: string) => createHash('sha256').update(text).digest('hex');

/** Imports a live row of the tenant of `createProducts`, and gives the public id of what it made. */
export async function bringOne(
  management: TestManagement,
  kind: 'keys' | 'subscriptions',
  row: object,
): Promise<string> {
  const common = kind === 'keys' ? { type: 'secret', environment: 'live', role: 'writer' } : {};
  const rows = [{ name: 'Partner', ...common, ...row }];
  const { body } = await management.call(`POST /v1/tenants/${TENANT_ID}/${kind}/import`, { body: { rows } });
  const [{ result, id }] = body.results;
  if (result !== 'created') throw new Error(`the row is ${result}`);
  return id;
}

/** An authorizer's new instance on what a management API wrote. */
export function authorizerFor(
  dynamodb: TestDynamoDb,
  management: TestManagement,
  apiId: string,
  onWarning: (message: string, cause: unknown) => void,
): Authorizer {
  const now = () => management.clock.getTime();
  const call = signedClient({
    service: 'dynamodb',
    region: 'eu-central-1',
    endpoint: dynamodb.endpoint,
    credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
    attemptMilliseconds: 10_000,
    deadlineMilliseconds: 20_000,
    now: Date.now,
    random: Math.random,
  });
  const newEventId = (time: Date) => eventId(time, randomBytes);
  const pepper = async () => management.pepper;
  return new Authorizer({
    format: management.keyFormat,
    store: accessStore({
      dynamodb: call,
      table: dynamodb.main.name,
      regionalTable: dynamodb.regional.name,
      apiId,
      sharedMilliseconds: 1000,
      now,
      newEventId,
    }),
    upkeep: upkeepOn(dynamodb.main, pepper, now).upkeep,
    peppers: { current: pepper, knowing: pepper },
    tokens: tokenVerifier(fetchJson, now),
    now,
    cacheMilliseconds: 3000,
    cacheEntries: 20_000,
    staleMilliseconds: 0,
    deadlineMilliseconds: 20_000,
    onStale: () => undefined,
    gatewayCaches: false,
    acceptsImported: true,
    onWarning,
  });
}

/** What an authorizer makes of headers: the caller's public id, or why it was refused. */
export async function decide(authorizer: Authorizer, headers: Record<string, string>): Promise<string> {
  const { decision } = await authorizer.authorize({
    headers,
    method: 'GET',
    path: '/v1/orders',
    sourceIp: '198.51.100.7',
    requestId: 'request-1',
    tenantHeaderVisible: true,
  });
  if (!decision.allowed) return decision.cause;
  return decision.caller?.keyId ?? 'preflight';
}
