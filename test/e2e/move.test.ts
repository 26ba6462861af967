import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { seeded } from '../../bench/scale/random.ts';
import { freePorts } from '../../emulator/listen.ts';
import { callersOf } from '../support/deployment.ts';
import { judgementsIn } from '../support/independent-judge.ts';
import { LocalServer } from '../support/local-server.ts';
import type { Step } from './crash-history.ts';
import { CrashClient } from './crash-traffic.ts';

const REGIONS = ['eu-central-1', 'eu-west-1'] as const;
const TENANT = 'tenant_acme';
const CLIENTS = 3;
const seed = Number(process.env.MOVE_SEED ?? Date.now() % 1_000_000_007);

type Consistency = 'eventual' | 'strong';
interface Key {
  readonly id: string;
  readonly secret: string;
}

/** Two Regions on one machine, of which one is killed and the other takes the control plane over. */
class World {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'keywright-move-'));
  readonly port: number;
  readonly #consistency: Consistency;
  main: (typeof REGIONS)[number] = REGIONS[0];
  server: LocalServer;

  private constructor(port: number, consistency: Consistency) {
    this.port = port;
    this.#consistency = consistency;
    this.server = this.#start();
  }

  static async open(consistency: Consistency): Promise<World> {
    const world = new World(await freePorts(5), consistency);
    await world.server.ready();
    return world;
  }

  #start(): LocalServer {
    const options = ['--regions', '2', '--main', this.main, '--consistency', this.#consistency];
    return new LocalServer(this.dataDir, this.port, {}, undefined, options);
  }

  kill = () => this.server.end('SIGKILL');

  async move(): Promise<void> {
    this.main = this.main === REGIONS[0] ? REGIONS[1] : REGIONS[0];
    this.server = this.#start();
    await this.server.ready();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.dataDir, { recursive: true });
  }

  manage = (method: string, path: string, body?: object) =>
    callersOf({
      managementUrl: this.server.managementUrl,
      stageUrl: () => '',
      tokenOf: (email) => this.server.token(email),
    }).manage(method, path, body);

  /** Where the main Region decides, and where the other one does. */
  async ask({ secret }: Key): Promise<number[]> {
    const headers = { 'x-api-key': secret, 'x-tn': TENANT };
    const gateways = [this.port + 2, this.port + 3];
    return Promise.all(
      gateways.map(
        async (at) => (await fetch(`http://localhost:${at}/orders/live/v1/orders`, { headers })).status,
      ),
    );
  }

  async until(key: Key, status: number): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const answers = await this.ask(key);
      if (answers.every((answer) => answer === status)) return;
      if (Date.now() > deadline) throw new Error(`${key.id} was answered ${answers}, not ${status}`);
      await delay(100);
    }
  }

  async newKey(): Promise<Key> {
    const body = { name: 'Moved', type: 'secret', environment: 'live', role: 'writer' };
    const answer = await this.manage('POST', `/tenants/${TENANT}/keys`, body);
    const { key, secret } = answer.json<{ key: { keyId: string }; secret: string }>();
    return { id: key.keyId, secret };
  }

  async replicate(state: object): Promise<void> {
    const url = `${this.server.managementUrl}/keywright-local/replication`;
    await fetch(url, { method: 'POST', body: JSON.stringify(state) });
  }

  /**
   * Finds nothing wrong with the audit log of a tenant, or of none: no record, no link, no event of a change. Where the
   * copy was cut off inside of a transaction, a record has no link until the publisher has begun.
   */
  async expectWholeLog(tenantId: string | null): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const { tampering, missing, underWay } = await this.#verify(tenantId);
      if (tampering.length === 0 && underWay.length === 0)
        return expect([tenantId, missing]).toEqual([tenantId, []]);
      if (Date.now() > deadline)
        throw new Error(
          `${tenantId} never came to rest: ${JSON.stringify({ tampering, missing, underWay })}`,
        );
      await delay(200);
    }
  }

  async #verify(tenantId: string | null) {
    const found = { tampering: [] as unknown[], missing: [] as unknown[], underWay: [] as unknown[] };
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ complete: 'true' });
      if (tenantId !== null) query.set('tenantId', tenantId);
      if (cursor !== null) query.set('cursor', cursor);
      const answer = await this.manage('GET', `/audit/verify?${query}`);
      expect(answer.status).toBe(200);
      const part = answer.json<typeof found & { nextCursor: string | null }>();
      for (const name of ['tampering', 'missing', 'underWay'] as const) found[name].push(...part[name]);
      cursor = part.nextCursor;
    } while (cursor !== null);
    return found;
  }

  async shownKey(): Promise<string> {
    const { items } = (await this.manage('GET', `/subscriptions?tenantId=${TENANT}&state=active`)).json<{
      items: { subscriptionId: string }[];
    }>();
    const path = `/subscriptions/${items[0]?.subscriptionId}/keys/reveal`;
    return (await this.manage('POST', path, {})).json<{ primaryKey: string }>().primaryKey;
  }
}

/** One move under traffic. Returns what was acknowledged and is not there, by client. */
async function round(world: World, clients: readonly CrashClient[], random: () => number) {
  const [admitted, revoked] = [await world.newKey(), await world.newKey()];
  const shown = await world.shownKey();
  await world.until(revoked, 200);
  await world.replicate({ delayMs: Math.floor(random() * 800) });
  const working = clients.map((client) => client.work());
  await delay(500 + random() * 1500);
  expect((await world.manage('POST', `/tenants/${TENANT}/keys/${revoked.id}/revoke`, {})).status).toBe(200);
  // Changes are copied in their order: once the other Region knows this key, it has all that came before.
  const copied = clients.map((client) => client.counts());
  await world.until(await world.newKey(), 200);
  await delay(100 + random() * 1400);
  await world.kill();
  await Promise.all(working);
  expect(clients.flatMap(({ unexpected }) => unexpected)).toEqual([]);
  const acknowledged = clients.map((client) => client.counts());

  await world.move();
  const lost = await Promise.all(clients.map((client) => client.adopt(world.server)));
  const copiedAndLost = lost.flatMap((missing, i) =>
    [...missing].filter(([subject, { length }]) => {
      const kept = (acknowledged[i]?.get(subject) ?? 0) - length;
      return kept < (copied[i]?.get(subject) ?? 0);
    }),
  );
  expect(copiedAndLost).toEqual([]);
  await world.until(revoked, 401);
  await world.until(admitted, 200);
  expect(await world.shownKey()).toBe(shown);
  for (const tenantId of [null, TENANT, ...clients.map((client) => client.tenantId)])
    await world.expectWholeLog(tenantId);
  const ids = (await Promise.all(clients.map((client) => client.auditRecords()))).flat().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  return lost;
}

/** Each change that was lost, as an operator would name it. */
function named(lost: readonly ReadonlyMap<string, readonly Step[]>[]): string[] {
  return lost.flatMap((missing) =>
    [...missing].flatMap(([subject, steps]) => steps.map(({ type }) => `${type} ${subject}`)),
  );
}

async function play(consistency: Consistency, moves: number): Promise<string[][]> {
  const random = seeded(seed);
  const world = await World.open(consistency);
  try {
    const clients = Array.from(
      { length: CLIENTS },
      (_, i) => new CrashClient(`tenant_move_${i}`, world.server, seeded(seed + i + 1)),
    );
    for (const client of clients) await client.createTenant();
    const lost: string[][] = [];
    for (let i = 0; i < moves; i++) lost.push(named(await round(world, clients, random)));
    const changes = clients.reduce((sum, client) => sum + client.changes, 0);
    expect(changes).toBeGreaterThan(10 * moves);
    expect((await judgementsIn(world.dataDir)).filter(({ decision }) => decision !== 'allowed')).toEqual([]);
    return lost;
  } finally {
    await world.close();
  }
}

test(`a Region takes over: all that was copied is there, and what was not is named (MOVE_SEED=${seed})`, async () => {
  const lost = await play('eventual', 3);
  process.stdout.write(`not copied, of three moves: ${JSON.stringify(lost)}\n`);
}, 900_000);

test(`with strong consistency nothing acknowledged is lost (MOVE_SEED=${seed})`, async () => {
  expect(await play('strong', 2)).toEqual([[], []]);
}, 900_000);
