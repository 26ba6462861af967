import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { freePorts } from '../../emulator/listen.ts';
import { LocalServer } from '../support/local-server.ts';
import { CrashClient } from './crash-traffic.ts';

const CLIENTS = 3;
const SHORTEST_ROUND_MILLISECONDS = 100;
const LONGEST_ROUND_MILLISECONDS = 1500;

/**
 * Kills the server that many times, at moments drawn from `seed`, while several clients change keys and
 * roles, and checks after each restart that every acknowledged change is there with its one event.
 */
export async function crashAndCheck(rounds: number, seed: number): Promise<void> {
  const random = mulberry32(seed);
  const dataDir = mkdtempSync(join(tmpdir(), 'keywright-crash-'));
  const port = await freePorts();
  let server = await LocalServer.ready(dataDir, port);
  try {
    const clients = Array.from(
      { length: CLIENTS },
      (_, i) => new CrashClient(`tenant_crash_${i}`, server, mulberry32(seed + i)),
    );
    for (const client of clients) await client.createTenant();
    for (let round = 1; round <= rounds; round++) {
      const working = clients.map((client) => client.work());
      const span = LONGEST_ROUND_MILLISECONDS - SHORTEST_ROUND_MILLISECONDS;
      await delay(SHORTEST_ROUND_MILLISECONDS + random() * span);
      await server.end('SIGKILL');
      await Promise.all(working);
      server = await LocalServer.ready(dataDir, port);
      await Promise.all(clients.map((client) => client.resume(server)));
      await Promise.all(clients.map(check));
    }
    const changes = clients.reduce((sum, client) => sum + client.changes, 0);
    expect(changes).toBeGreaterThan(rounds);
    await checkBus(clients, join(dataDir, 'aws', 'events.ndjson'));
  } finally {
    await server.end('SIGKILL');
    rmSync(dataDir, { recursive: true });
  }
}

async function check(client: CrashClient): Promise<void> {
  expect(client.unexpected).toEqual([]);
  expect(await client.observed()).toEqual(client.expected());
  const ids = (await client.auditRecords()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
}

/** Every audited event went over the bus, at least once, and nothing that was not audited. */
async function checkBus(clients: readonly CrashClient[], path: string): Promise<void> {
  const audited = (await Promise.all(clients.map((client) => client.auditRecords()))).flat();
  const tenants = new Set<unknown>(clients.map(({ tenantId }) => tenantId));
  const sent = () =>
    new Set(
      readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line).event.detail)
        .filter(({ tenantId }) => tenants.has(tenantId))
        .map(({ id }) => id as string),
    );
  // The publisher writes the record first: the last events may still be on their way to the bus.
  const deadline = Date.now() + 10_000;
  while (sent().size < audited.length && Date.now() < deadline) await delay(100);
  expect([...sent()].sort()).toEqual(audited.map(({ id }) => id).sort());
}

/** A small generator of repeatable random numbers from 0 to 1. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
