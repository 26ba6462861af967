import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { Authorizer, type AuthorizerOptions } from '../../core/access/authorizer.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { toAttributes } from '../../core/store/attribute-value.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { SimulatedTime } from './simulated-time.ts';

const TABLE = 'keywright';
const API = 'api_OrdersSndbox';
const ID = 'Simulated000';
const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: '1'.repeat(64) }));
const format = new KeyFormat();

type Item = Record<string, unknown>;

/**
 * One authorizer in simulated time, a key in overlap, and a table in memory whose answers come when the test says:
 * schedules that no real server would keep to.
 */
export class SimulatedPlane {
  readonly time = new SimulatedTime();
  readonly #items = new Map<string, Item>();
  readonly #waiting: ((how: 'served' | 'answered' | 'failed') => void)[] = [];
  /** The key's two secrets. */
  readonly keys: readonly [string, string];
  /** Whether answers wait for `answer`. */
  isSlow = false;
  isDown = false;
  /** What goes by in each operation. */
  latency: Readonly<Record<string, number>> = {};
  /** Whether items have revisions. */
  readonly #isCounted: boolean;
  readonly authorizer: Authorizer;
  reads = 0;

  constructor(options: Partial<AuthorizerOptions> & { isCounted?: boolean } = {}) {
    const { isCounted = true, ...rest } = options;
    this.#isCounted = isCounted;
    const mint = () => format.mint('sk', 'sandbox', ID, randomBytes);
    this.keys = [mint(), mint()];
    const secret = (id: string, text: string) => ({ id, createdAt: 'x', hint: text.slice(-4) });
    this.put(itemKey.credential(ID).pk, {
      ...{ keyId: `key_${ID}`, tenantId: 'tenant_acme', type: 'secret', environment: 'sandbox' },
      ...{ role: 'writer', status: 'active', allowedCidrs: [], allowedOrigins: [], rateLimits: [] },
      secrets: [secret('s1', this.keys[0]), secret('s2', this.keys[1])],
      digests: { s1: pepper.digest(this.keys[0]), s2: pepper.digest(this.keys[1]) },
    });
    const roles = { writer: { permissions: ['*:*'], description: '' } };
    this.put(itemKey.tenant('tenant_acme').pk, { tenantId: 'tenant_acme', status: 'active', roles });
    this.put(itemKey.api(API).pk, { apiId: API, environment: 'sandbox', routes: [] });
    const now = this.time.clock;
    const dynamodb: AwsCall = (operation, input) => this.#answer(operation, input);
    this.authorizer = new Authorizer({
      format,
      store: accessStore({
        ...{ dynamodb, table: TABLE, regionalTable: RESOURCE.regionalTable },
        ...{ apiId: API, sharedMilliseconds: 1000, now },
        newEventId: (date) => eventId(date, randomBytes),
      }),
      peppers: { current: async () => pepper, knowing: async () => pepper },
      upkeep: { ask: async () => undefined },
      tokens: { verify: async () => undefined },
      now,
      cacheMilliseconds: 3000,
      staleMilliseconds: 0,
      cacheEntries: 100,
      deadlineMilliseconds: 3500,
      gatewayCaches: false,
      acceptsImported: false,
      onWarning: () => undefined,
      onStale: () => undefined,
      ...rest,
    });
  }

  /** Writes an item whole. */
  put(pk: string, item: Item): void {
    const revision = Number(this.#items.get(pk)?.revision ?? 0) + 1;
    this.#items.set(pk, { pk, ...item, ...(this.#isCounted && { revision }) });
  }

  change(pk: string, change: Item): void {
    this.put(pk, { ...this.#items.get(pk), ...change });
  }

  changeKey(change: Item): void {
    this.change(itemKey.credential(ID).pk, change);
  }

  /** What a request by one of the two secrets comes to. */
  async ask(secret: 0 | 1 = 0, sourceIp?: string): Promise<string> {
    const { decision } = await this.authorizer.authorize({
      headers: { 'x-api-key': this.keys[secret], 'x-tn': 'tenant_acme' },
      ...{ method: 'GET', path: '/v1/orders', sourceIp, requestId: 'r', tenantHeaderVisible: true },
    });
    return decision.allowed ? 'admitted' : decision.cause;
  }

  /** Whether a reading has no answer yet. */
  get isWaitedFor(): boolean {
    return this.#waiting.length > 0;
  }

  /** A slow reading goes on: it sees the items as they are now, or is answered with what it saw, or fails. */
  async proceed(which: number, how: 'served' | 'answered' | 'failed'): Promise<void> {
    const waiting = this.#waiting[which % Math.max(1, this.#waiting.length)];
    waiting?.(how);
    await setImmediate();
  }

  async #answer(operation: string, input: object): Promise<Record<string, unknown>> {
    this.reads += Number(operation === 'BatchGetItem');
    this.time.advance(this.latency[operation] ?? 0);
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    const read = () => this.#read(input);
    return operation !== 'BatchGetItem' || !this.isSlow ? read() : this.#later(read);
  }

  #later(read: () => Record<string, unknown>): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      let served: Record<string, unknown> | undefined;
      const proceed = (how: 'served' | 'answered' | 'failed') => {
        served ??= read();
        if (how === 'served') return;
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1);
        if (how === 'answered') resolve(served);
        else reject(new Error('socket hang up'));
      };
      this.#waiting.push(proceed);
    });
  }

  #read(input: object): Record<string, unknown> {
    const { RequestItems } = input as { RequestItems?: Record<string, { Keys: { pk: { S: string } }[] }> };
    const keys = Object.values(RequestItems ?? {}).flatMap(({ Keys }) => Keys);
    const found = keys.map(({ pk }) => this.#items.get(pk.S)).filter((item) => item !== undefined);
    return { Responses: { [TABLE]: found.map(toAttributes) } };
  }
}
