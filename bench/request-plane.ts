import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AccessRequest, Authorizer } from '../core/access/authorizer.ts';
import type { AccessStore } from '../core/access/ports.ts';
import type { AwsCall, AwsService } from '../core/aws/aws-call.ts';
import { pepperSource } from '../core/aws/pepper-source.ts';
import type { Patience } from '../core/aws/resilient-call.ts';
import { signedClient } from '../core/aws/signed-client.ts';
import { ENV, RESOURCE } from '../core/contract/deployment.ts';
import { eventId } from '../core/domain/ground/event-id.ts';
import { KeyFormat } from '../core/domain/keys/key-format.ts';
import { Pepper } from '../core/domain/keys/pepper.ts';
import { fetchJson, tokenVerifier } from '../core/oauth/token-verifier.ts';
import { accessStore } from '../core/store/access-store.ts';
import { type AttributeMap, toAttributes } from '../core/store/attribute-value.ts';

export const TABLE = 'keywright';
export const API_ID = 'api_BenchApi0000';
/** For how long an item that many keys share is used after its reading, as in the function. */
export const SHARED_MILLISECONDS = 1000;
export const PEPPER = JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) });
const KEY_ID = 'BenchKey0000';

/** A process that answers as DynamoDB and Secrets Manager do, always the same, and counts what it is asked. */
export interface Stub {
  readonly url: string;
  /** The key that its answers are about. */
  readonly key: string;
  /** What its DynamoDB holds. */
  readonly items: readonly AttributeMap[];
  /** Calls by operation since the last time of asking. */
  counts(): Promise<Record<string, number>>;
  stop(): Promise<unknown>;
}

/** @param tls certificate and key in PEM, to be reached over TLS */
export async function startStub(tls?: { cert: string; key: string }): Promise<Stub> {
  const key = new KeyFormat().mint('sk', 'sandbox', KEY_ID, randomBytes);
  const stub = fork(new URL('./aws-stub.ts', import.meta.url));
  const items = storedItems(key).map(toAttributes);
  stub.send({ answers: answersOf(items), tls });
  const [port] = await once(stub, 'message');
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    key,
    items,
    async counts() {
      stub.send('counts');
      const [counts] = await once(stub, 'message');
      return counts;
    },
    async stop() {
      stub.kill();
      await once(stub, 'exit');
    },
  };
}

/** A request that the stub's key may make. */
export function requestWith(key: string): AccessRequest {
  return {
    headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' },
    method: 'GET',
    path: '/v1/orders/7',
    sourceIp: '203.0.113.7',
    requestId: 'bench',
    tenantHeaderVisible: true,
  };
}

/** Either of the two adapters. */
type ClientMaker = (options: AwsService & Patience) => AwsCall;

function callOf(stub: Pick<Stub, 'url'>, service: AwsService['service'], client: ClientMaker): AwsCall {
  return client({
    service,
    region: 'eu-central-1',
    endpoint: stub.url,
    credentials: () => ({ accessKeyId: 'bench', secretAccessKey: 'bench', sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 5000,
    now: Date.now,
    random: Math.random,
  });
}

export function newAuthorizer(
  stub: Pick<Stub, 'url'>,
  cacheMilliseconds: number,
  client: ClientMaker = signedClient,
  store: AccessStore = storeOf(callOf(stub, 'dynamodb', client)),
): Authorizer {
  return new Authorizer({
    format: new KeyFormat(),
    store,
    upkeep: { ask: async () => undefined },
    peppers: pepperSource(callOf(stub, 'secretsmanager', client), 'pepper', Date.now),
    tokens: tokenVerifier(fetchJson, Date.now),
    now: Date.now,
    cacheMilliseconds,
    staleMilliseconds: 60_000,
    deadlineMilliseconds: 5000,
    cacheEntries: 10_000,
    gatewayCaches: false,
    acceptsImported: false,
    onWarning: (message, cause) => console.error(message, cause),
    onStale: (_, cause) => console.error('an old record was used', cause),
  });
}

function storeOf(dynamodb: AwsCall): AccessStore {
  return accessStore({
    dynamodb,
    table: TABLE,
    regionalTable: RESOURCE.regionalTable,
    apiId: API_ID,
    sharedMilliseconds: SHARED_MILLISECONDS,
    now: Date.now,
    newEventId: (time) => eventId(time, randomBytes),
  });
}

/** What a Lambda function of ours finds in its environment. */
export function lambdaEnvironment(stub: Stub): Record<string, string> {
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    AWS_ENDPOINT_URL: stub.url,
    [ENV.table]: TABLE,
    [ENV.regionalTable]: RESOURCE.regionalTable,
    [ENV.pepperSecret]: 'pepper',
    [ENV.apiId]: API_ID,
    [ENV.cacheSeconds]: '3',
    [ENV.staleSeconds]: '60',
    [ENV.cacheEntries]: '1000',
    [ENV.gatewayCacheSeconds]: '0',
    [ENV.keyUpkeep]: 'keywright-key-upkeep',
  };
}

/** What is stored of an active secret key that may write everything in the sandbox. */
export function storedKey(id: string, text: string, pepper: Pepper) {
  return {
    keyId: `key_${id}`,
    tenantId: 'tenant_acme',
    type: 'secret',
    environment: 'sandbox',
    role: 'writer',
    status: 'active',
    allowedCidrs: [],
    allowedOrigins: [],
    rateLimits: [{ limit: 1000, windowSeconds: 60 }],
    secrets: [{ id: 's1', createdAt: '2026-01-01T00:00:00.000Z', hint: text.slice(-4) }],
    digests: { s1: pepper.digest(text) },
  };
}

/** What the stub's DynamoDB holds: the key, its tenant, the API, and the caller's network as seen. */
function storedItems(key: string): object[] {
  return [
    { pk: `CRED#${KEY_ID}`, ...storedKey(KEY_ID, key, Pepper.parse(PEPPER)) },
    {
      pk: 'TENANT#tenant_acme',
      tenantId: 'tenant_acme',
      status: 'active',
      roles: { writer: { permissions: ['*:*'], description: '' } },
    },
    { pk: `API#${API_ID}`, apiId: API_ID, environment: 'sandbox', routes: [] },
    { pk: `SEEN#${KEY_ID}`, ttl: Math.floor(Date.now() / 1000) + 80 * 24 * 3600 },
  ];
}

function answersOf(items: readonly AttributeMap[]): Record<string, string> {
  return {
    BatchGetItem: JSON.stringify({ Responses: { [TABLE]: items }, UnprocessedKeys: {} }),
    GetItem: JSON.stringify({ Item: items[0] }),
    GetSecretValue: JSON.stringify({ SecretString: PEPPER }),
  };
}
