import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authorizer } from '../../core/access/authorizer.ts';
import { KnownRecords } from '../../core/access/known-records.ts';
import type { KeyUpkeep, TokenVerifier } from '../../core/access/ports.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import { signedClient } from '../../core/aws/signed-client.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import type {
  ApiRecord,
  CredentialRecord,
  SubscriptionRecord,
  TenantRecord,
} from '../../core/domain/decision/decision.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { fingerprintOf } from '../../core/domain/keys/foreign-key.ts';
import { type Environment, KeyFormat } from '../../core/domain/keys/key-format.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import type { Plan } from '../../core/domain/products/product.ts';
import type { ApiRoute } from '../../core/domain/products/protected-api.ts';
import { fetchJson, tokenVerifier } from '../../core/oauth/token-verifier.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { type AttributeMap, fromAttributes, toAttributes } from '../../core/store/attribute-value.ts';
import { type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { type AwsServer, startAwsServer } from '../../emulator/aws-server.ts';
import { authorizerHandler } from '../../functions/authorizer/authorizer-handler.ts';
import { GatewayAnswers } from '../../functions/authorizer/gateway-answer.ts';
import { CREDENTIALS } from './credentials.ts';
import { tableNameOf } from './dynamodb.ts';
import { EventWatch, STREAM } from './event-watch.ts';
import { upkeepOn } from './key-upkeep.ts';
import { documentClient } from './local-aws.ts';
import { intercepted } from './usage.ts';

const TABLE = RESOURCE.table;
const PEPPER_SECRET = 'keywright/pepper';
const PEPPERS = { v1: '1'.repeat(64), v2: '2'.repeat(64) };

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: PEPPERS.v1 }));

/** The request plane on real local DynamoDB and Secrets Manager, its clock in the test's hand. */
export interface RequestPlane {
  readonly format: KeyFormat;
  /** Calls made of DynamoDB by authorizers since `calls` was last emptied. */
  readonly calls: string[];
  readonly lines: string[];
  /** What authorizers asked the function key-upkeep for, as it went over the wire. */
  readonly upkeep: string[];
  /** Called before each command of that function; throws to stop it there. */
  beforeUpkeep: (command: string) => void;
  /** How old the records were that authorizers used past their time, in milliseconds. */
  readonly stale: number[];
  clock: number;
  putTenant(tenant: TenantRecord): Promise<void>;
  putApi(apiId: string, environment: Environment, routes?: readonly ApiRoute[]): Promise<void>;
  /** Stores a credential for a freshly minted key, and gives the key. */
  putKey(change?: Partial<CredentialRecord> & { id?: string }): Promise<string>;
  /** Stores an API of the subscription scheme, and gives its client key. */
  putSubscriptionApi(apiId: string, change?: Partial<ApiRecord>): Promise<string>;
  putProduct(productId: string, apiIds: readonly string[], plan?: Plan): Promise<void>;
  /** Stores a subscription, and gives its primary and secondary keys. */
  putSubscription(change?: Partial<SubscriptionRecord>): Promise<{ primary: string; secondary: string }>;
  /** Stores an API key that was issued elsewhere, unused so far, and gives its item's key. */
  putImportedKey(text: string, change?: Partial<CredentialRecord>): Promise<ItemKey>;
  /** Stores a subscription whose primary key was issued elsewhere, and gives its item's key. */
  putImportedSubscription(text: string): Promise<ItemKey>;
  changeKey(key: string, change: Partial<CredentialRecord> | Partial<SubscriptionRecord>): Promise<void>;
  item(key: ItemKey): Promise<Record<string, unknown> | undefined>;
  rotatePepper(): Promise<void>;
  /** One more authorizer instance, its cache empty. */
  authorizer(options?: {
    apiId?: string;
    gatewayCaches?: boolean;
    tokens?: TokenVerifier;
    dynamodb?: (call: AwsCall) => AwsCall;
    cacheEntries?: number;
    staleMilliseconds?: number;
    deadlineMilliseconds?: number;
    acceptsImported?: boolean;
    upkeep?: KeyUpkeep;
    /** Default: one that stands where `clock` says. */
    now?: () => number;
    secretsManager?: (call: AwsCall) => AwsCall;
    /** What authorizers of one process share. */
    known?: KnownRecords;
  }): Authorizer;
  handler(
    authorizer: Authorizer,
    options?: { gatewayCaches?: boolean },
  ): ReturnType<typeof authorizerHandler>;
  /** Every event that was written, in order. */
  emitted(): Promise<readonly AuditEvent[]>;
  /** @throws Error when an event was written that is not as its schema says */
  close(): Promise<void>;
}

/** Starts one with tenant_acme (roles reader, writer, orders-reader) and the API api_OrdersSndbox. */
export async function startRequestPlane(): Promise<RequestPlane> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywright-'));
  const server = await startAwsServer({ dataDir, credentials: CREDENTIALS, log: () => undefined });
  const dynamodb = client(server, 'dynamodb');
  await createResources(server);
  const watch = new EventWatch(server, [TABLE, RESOURCE.regionalTable]);
  const format = new KeyFormat();
  const calls: string[] = [];
  const lines: string[] = [];
  const stale: number[] = [];
  const documents = documentClient(server);
  const newest = () => pepperSource(client(server, 'secretsmanager'), PEPPER_SECRET, Date.now).current();
  const table = intercepted({ client: documents, name: TABLE }, async (command, request) => {
    plane.beforeUpkeep(command);
    return request();
  });
  const upkeep = upkeepOn(table, newest, () => plane.clock);
  const put = (key: ItemKey, item: object) =>
    dynamodb('PutItem', { TableName: TABLE, Item: toAttributes({ ...key, ...item }) });
  const read = async (key: ItemKey) => {
    const { Item } = await dynamodb('GetItem', {
      TableName: tableNameOf(key.pk),
      Key: toAttributes(key),
      ConsistentRead: true,
    });
    return Item === undefined ? undefined : fromAttributes(Item as AttributeMap);
  };
  const plane: RequestPlane = {
    format,
    calls,
    lines,
    upkeep: upkeep.events,
    beforeUpkeep: () => undefined,
    stale,
    clock: Date.parse('2026-06-01T12:00:00Z'),
    putTenant: async (tenant) => void (await put(itemKey.tenant(tenant.tenantId), tenant)),
    putApi: async (apiId, environment, routes = []) =>
      void (await put(itemKey.api(apiId), { apiId, environment, routes })),
    async putKey({ id = randomBytes(6).toString('hex'), ...change } = {}) {
      const kind = change.type === 'publishable' ? 'pk' : 'sk';
      const key = format.mint(kind, change.environment ?? 'sandbox', id, randomBytes);
      await put(itemKey.credential(id), { ...credentialFor(id, key), ...change });
      return key;
    },
    async putSubscriptionApi(apiId, change = {}) {
      const key = format.mint('ck', 'sandbox', apiId.slice(-12), randomBytes);
      const clientKey = {
        digest: pepper.digest(key),
        createdAt: '2026-05-01T00:00:00.000Z',
        hint: key.slice(-4),
      };
      const api = { apiId, environment: 'sandbox', scheme: 'subscription', routes: [], clientKey };
      await put(itemKey.api(apiId), { ...api, ...change });
      return key;
    },
    putProduct: async (productId, apiIds, plan = { rateLimits: [] }) =>
      void (await put(itemKey.product(productId), { productId, apiIds, plan })),
    async putSubscription(change = {}) {
      const id = randomBytes(6).toString('hex');
      const [primary, secondary] = [0, 1].map(() => format.mint('sub', 'sandbox', id, randomBytes));
      if (primary === undefined || secondary === undefined) throw new Error('two keys expected');
      await put(itemKey.credential(id), {
        subscriptionId: `sub_${id}`,
        tenantId: 'tenant_acme',
        productId: 'prod_Payments0000',
        environment: 'sandbox',
        state: 'active',
        digests: { primary: pepper.digest(primary), secondary: pepper.digest(secondary) },
        ...change,
      });
      return { primary, secondary };
    },
    async putImportedKey(text, change = {}) {
      const id = randomBytes(6).toString('hex');
      const fingerprint = fingerprintOf(text);
      const alias = { credentialId: id, tenantId: 'tenant_acme' };
      await put(itemKey.alias(pepper.digest(fingerprint)), alias);
      const place = itemKey.credential(id);
      await put(place, { ...credentialFor(id, fingerprint), imported: { s1: null }, ...change });
      return place;
    },
    async putImportedSubscription(text) {
      const digest = pepper.digest(fingerprintOf(text));
      const { secondary } = await plane.putSubscription();
      const id = format.parse(secondary)?.id ?? '';
      const place = itemKey.credential(id);
      const { productId, tenantId, digests, ...rest } = (await read(place)) ?? {};
      await put(itemKey.alias(digest), { credentialId: id, tenantId, productId });
      await put(place, {
        ...rest,
        productId,
        tenantId,
        digests: { ...Object(digests), primary: digest },
        imported: { primary: null },
      });
      return place;
    },
    async changeKey(key, change) {
      const place = itemKey.credential(format.parse(key)?.id ?? '');
      await put(place, { ...(await read(place)), ...change });
    },
    item: read,
    async rotatePepper() {
      const SecretString = JSON.stringify({ current: 'v2', ...PEPPERS });
      await client(server, 'secretsmanager')('PutSecretValue', {
        SecretId: PEPPER_SECRET,
        SecretString,
        ClientRequestToken: randomBytes(16).toString('hex'),
      });
    },
    authorizer: ({
      apiId = 'api_OrdersSndbox',
      dynamodb: wrap = (call: AwsCall) => call,
      cacheEntries = 1000,
      staleMilliseconds = 60_000,
      deadlineMilliseconds = 5000,
      gatewayCaches = false,
      acceptsImported = false,
      tokens,
      upkeep: asked = upkeep.upkeep,
      now = () => plane.clock,
      secretsManager = (call: AwsCall) => call,
      known = new KnownRecords(cacheEntries),
    } = {}) => {
      const counted: AwsCall = (operation, input) => {
        calls.push(operation);
        return dynamodb(operation, input);
      };
      return new Authorizer({
        format,
        store: accessStore({
          dynamodb: wrap(counted),
          table: TABLE,
          regionalTable: RESOURCE.regionalTable,
          apiId,
          sharedMilliseconds: 1000,
          now,
          newEventId: (time) => eventId(time, randomBytes),
        }),
        peppers: pepperSource(secretsManager(client(server, 'secretsmanager')), PEPPER_SECRET, now),
        upkeep: asked,
        tokens: tokens ?? tokenVerifier(fetchJson, now),
        now,
        known,
        cacheMilliseconds: 3000,
        staleMilliseconds,
        deadlineMilliseconds,
        cacheEntries,
        gatewayCaches,
        acceptsImported,
        onWarning: (message, cause) => lines.push(`${message}: ${cause}`),
        onStale: (ageMilliseconds) => stale.push(ageMilliseconds),
      });
    },
    handler: (authorizer, { gatewayCaches = false } = {}) =>
      authorizerHandler({
        authorizer,
        answers: new GatewayAnswers({ gatewayCaches }),
        now: () => plane.clock,
        write: (line) => lines.push(line),
      }),
    emitted: () => watch.emitted(),
    async close() {
      try {
        await watch.check();
      } finally {
        documents.destroy();
        await server.close();
        await rm(dataDir, { recursive: true });
      }
    },
  };
  await plane.putTenant({
    tenantId: 'tenant_acme',
    status: 'active',
    roles: {
      reader: { permissions: ['*:read'], description: '' },
      writer: { permissions: ['*:*'], description: '' },
      'orders-reader': { permissions: ['orders:read'], description: '' },
    },
  });
  await plane.putApi('api_OrdersSndbox', 'sandbox');
  return plane;
}

function client(server: AwsServer, service: 'dynamodb' | 'secretsmanager'): AwsCall {
  return signedClient({
    service,
    region: 'eu-central-1',
    endpoint: server.url,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 10_000,
    now: Date.now,
    random: Math.random,
  });
}

async function createResources(server: AwsServer): Promise<void> {
  for (const TableName of [TABLE, RESOURCE.regionalTable]) {
    await server.createTable({
      TableName,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      ...STREAM,
    });
  }
  server.createSecret({
    Name: PEPPER_SECRET,
    SecretString: JSON.stringify({ current: 'v1', v1: PEPPERS.v1 }),
  });
}

function credentialFor(id: string, key: string): CredentialRecord {
  return {
    keyId: `key_${id}`,
    tenantId: 'tenant_acme',
    type: 'secret',
    environment: 'sandbox',
    role: 'writer',
    status: 'active',
    allowedCidrs: [],
    allowedOrigins: [],
    rateLimits: [],
    secrets: [{ id: 's1', createdAt: '2026-05-01T00:00:00.000Z', hint: key.slice(-4) }],
    digests: { s1: pepper.digest(key) },
  };
}
