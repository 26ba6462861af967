import { createHmac, randomBytes } from 'node:crypto';
import { Authorizer } from '../../core/access/authorizer.ts';
import { logWarning } from '../../core/access/refusal-log.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { type AttributeMap, fromAttributes, toAttributes } from '../../core/store/attribute-value.ts';
import { type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { authorizerHandler } from '../../functions/authorizer/authorizer-handler.ts';
import { GatewayAnswers } from '../../functions/authorizer/gateway-answer.ts';
import type { Api, Key, Subscription, World } from './world.ts';

const PEPPER = 'hostile-pepper-'.padEnd(64, 'x');
const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: PEPPER }));

/** Digests are all under the newest pepper, and no key is imported. */
const NO_UPKEEP = {
  upkeep: {
    ask: async () => {
      throw new Error('upkeep was asked for, and nothing is to be kept up');
    },
  },
};

/** The authorizers of a world's APIs, over tables in memory that the world is written into. */
export class HostilePlane {
  /** The time that everything goes by, in milliseconds since 1970. */
  clock: number;
  /** Whether the table can't be read. */
  isDown = false;
  /** Everything that was logged since it was last emptied. */
  readonly lines: string[] = [];
  #world: World;
  #items: Map<string, AttributeMap>;
  readonly #seen = new Map<string, AttributeMap>();
  readonly #handlers = new Map<string, ReturnType<typeof authorizerHandler>>();

  constructor(world: World, clock: number, cacheMilliseconds: number) {
    this.#world = world;
    this.clock = clock;
    this.#items = itemsOf(world);
    // Small memories beside large ones, so that some of what is remembered is always being pushed out.
    world.apis.forEach(({ apiId }, index) => {
      this.#handlers.set(
        apiId,
        this.#handler(apiId, { cacheMilliseconds, cacheEntries: index % 2 === 0 ? 1000 : 6 }),
      );
    });
  }

  set world(world: World) {
    this.#world = world;
    this.#items = itemsOf(world);
  }

  handlerOf(apiId: string): ReturnType<typeof authorizerHandler> {
    const handler = this.#handlers.get(apiId);
    if (handler === undefined) throw new Error(`no API ${apiId} is in this world`);
    return handler;
  }

  #handler(
    apiId: string,
    memory: { cacheMilliseconds: number; cacheEntries: number },
  ): ReturnType<typeof authorizerHandler> {
    const now = () => this.clock;
    const write = (line: string) => void this.lines.push(line);
    const dynamodb: AwsCall = async (operation, input) => this.#answer(operation, input);
    const authorizer = new Authorizer({
      format: new KeyFormat(this.#world.vendor),
      store: accessStore({
        dynamodb,
        table: RESOURCE.table,
        regionalTable: RESOURCE.regionalTable,
        apiId,
        sharedMilliseconds: 1000,
        now,
        newEventId: (time) => eventId(time, randomBytes),
      }),
      peppers: { current: async () => pepper, knowing: async () => pepper },
      tokens: {
        verify: async (text) => {
          const token = this.#world.tokens.find((each) => each.text === text);
          if (token === undefined || !token.isGood || token.endsAt <= this.clock) return undefined;
          return { clientId: token.clientId, scopes: token.scopes, expiresAt: token.endsAt };
        },
      },
      now,
      staleMilliseconds: 0,
      ...memory,
      deadlineMilliseconds: 3500,
      gatewayCaches: false,
      acceptsImported: false,
      onWarning: (message, cause) => logWarning(write, message, cause),
      onStale: () => undefined,
      ...NO_UPKEEP,
    });
    return authorizerHandler({
      authorizer,
      answers: new GatewayAnswers({ gatewayCaches: false }),
      now,
      write,
    });
  }

  #answer(operation: string, input: object): Record<string, unknown> {
    if (this.isDown) throw new Error('the table does not answer');
    const { RequestItems, TableName, Item } = input as {
      RequestItems?: Record<string, { Keys: AttributeMap[] }>;
      TableName?: string;
      Item?: AttributeMap;
    };
    if (operation === 'PutItem' && Item !== undefined) {
      const place = placeOf(Item);
      // Of both tables, requests may write this alone.
      if (TableName !== RESOURCE.regionalTable || !place.startsWith('SEEN#'))
        throw new Error(`a request wrote ${place} of ${TableName}`);
      this.#seen.set(place, Item);
      return {};
    }
    if (operation !== 'BatchGetItem') throw new Error(`a request asked the table for ${operation}`);
    const tables = new Map([
      [RESOURCE.table as string, this.#items],
      [RESOURCE.regionalTable, this.#seen],
    ]);
    const Responses = Object.entries(RequestItems ?? {}).map(([name, { Keys }]) => [
      name,
      Keys.map((key) => tables.get(name)?.get(placeOf(key))).filter((item) => item !== undefined),
    ]);
    return { Responses: Object.fromEntries(Responses) };
  }
}

function placeOf(item: AttributeMap): string {
  const { pk, sk } = fromAttributes(item);
  return `${pk} ${sk}`;
}

/** A world as it is stored. */
function itemsOf({ tenants, keys, subscriptions, products, apis }: World): Map<string, AttributeMap> {
  const stored: readonly (readonly [ItemKey, object])[] = [
    ...tenants.map((tenant) => [itemKey.tenant(tenant.tenantId), tenantItem(tenant)] as const),
    ...keys.map((key) => [itemKey.credential(key.id), keyItem(key)] as const),
    ...subscriptions.map((each) => [itemKey.credential(each.id), subscriptionItem(each)] as const),
    ...products.map(
      (each) => [itemKey.product(each.productId), { ...each, plan: { rateLimits: [] } }] as const,
    ),
    ...apis.map((api) => [itemKey.api(api.apiId), apiItem(api)] as const),
  ];
  return new Map(
    stored.map(([place, item]) => {
      const attributes = toAttributes({ ...place, ...item });
      return [placeOf(attributes), attributes];
    }),
  );
}

function tenantItem({ tenantId, active, roles }: World['tenants'][number]): object {
  const described = Object.entries(roles).map(([name, permissions]) => [
    name,
    { permissions, description: '' },
  ]);
  return { tenantId, status: active ? 'active' : 'suspended', roles: Object.fromEntries(described) };
}

function keyItem(key: Key): object {
  return {
    keyId: `key_${key.id}`,
    tenantId: key.tenantId,
    type: key.publishable ? 'publishable' : 'secret',
    environment: key.environment,
    role: key.role,
    status: key.status,
    allowedCidrs: key.networks,
    allowedOrigins: key.origins,
    rateLimits: [],
    ...(key.own !== undefined && { permissions: key.own }),
    ...endOf(key.endsAt),
    secrets: key.secrets.map(({ text, endsAt }, index) => ({
      id: `s${index + 1}`,
      createdAt: '2026-05-01T00:00:00.000Z',
      hint: text.slice(-4),
      ...endOf(endsAt),
    })),
    digests: Object.fromEntries(key.secrets.map(({ text }, index) => [`s${index + 1}`, digestOf(text)])),
  };
}

function subscriptionItem({
  id,
  tenantId,
  productId,
  environment,
  state,
  slots,
  clients,
}: Subscription): object {
  const [primary, secondary] = slots.map(digestOf);
  return {
    subscriptionId: `sub_${id}`,
    tenantId,
    productId,
    environment,
    state,
    digests: { primary, secondary },
    ...(clients !== undefined && { oauthClientIds: clients }),
  };
}

function apiItem({ apiId, environment, scheme, routes, ...api }: Api): object {
  const oauth = { issuer: 'https://issuer.example', audience: 'api', requiredScopes: [], requiredRoles: [] };
  const clientKey = {
    digest: digestOf(api.clientKey),
    createdAt: '2026-05-01T00:00:00.000Z',
    hint: api.clientKey.slice(-4),
  };
  return {
    apiId,
    environment,
    scheme,
    routes,
    ...(scheme === 'subscription' && { clientKey, clientKeyRequired: api.clientKeyRequired }),
    ...(api.oauth && { oauth }),
  };
}

function digestOf(text: string): object {
  return { pepper: 'v1', hmac: createHmac('sha256', PEPPER).update(text).digest('base64url') };
}

function endOf(time: number): { expiresAt?: string } {
  return Number.isFinite(time) ? { expiresAt: new Date(time).toISOString() } : {};
}
