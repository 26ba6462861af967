import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { type LocalDeployment, startDeployment } from '../support/deployment.ts';
import { PROJECT } from '../support/local-server.ts';
import { headersFor, keysOf } from '../support/outcomes.ts';

const ROUND_SECONDS = 15;
/** Of each caller: together they stay below the 100 a second that a stage of the demonstration takes. */
const REQUESTS_PER_SECOND = 15;
const MEGABYTE = 1024 * 1024;
/** How much the heaps of some dozen isolates may swing between two collections. */
const SWING_BYTES = 40 * MEGABYTE;

let deployment: LocalDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

const keys = keysOf(() => deployment);

/** How many answers of each status a caller got, from autocannon in a process of its own. */
async function load(secret: string, seconds: number): Promise<Readonly<Record<string, number>>> {
  const headers = Object.entries(headersFor(secret)).flatMap(([name, value]) => ['-H', `${name}=${value}`]);
  const args = [
    '--json',
    '--no-progress',
    '-c',
    '3',
    '-R',
    `${REQUESTS_PER_SECOND}`,
    '-d',
    `${seconds}`,
    ...headers,
  ];
  const program = join(PROJECT, 'node_modules/autocannon/autocannon.js');
  const url = deployment.addressOf('orders', 'live');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, `${url}/v1/orders`]);
  const result = JSON.parse(stdout) as {
    statusCodeStats: Record<string, { count: number }>;
    errors: number;
    timeouts: number;
  };
  const { errors, timeouts } = result;
  expect({ errors, timeouts }).toEqual({ errors: 0, timeouts: 0 });
  return Object.fromEntries(
    Object.entries(result.statusCodeStats).map(([status, { count }]) => [status, count]),
  );
}

/** The least of a few looks: between two collections of garbage there is more. */
async function residentBytes(): Promise<number> {
  const looks: number[] = [];
  for (let look = 0; look < 5; look++) {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', `${deployment.pid}`]);
    looks.push(Number(stdout) * 1024);
    await sleep(200);
  }
  return Math.min(...looks);
}

/**
 * Keys that stay, are rotated and are revoked while they are called, and one that nobody has; tells how many
 * answers there were.
 */
async function round(): Promise<number> {
  const [steady, rotated, revoked] = await Promise.all(
    [1, 2, 3].map(() => keys.create({ environment: 'live' })),
  );
  if (!steady || !rotated || !revoked) throw new Error('three keys were made');
  const unknown = new KeyFormat().mint('sk', 'live', 'AnyKey000000', (count) => Buffer.alloc(count, 3));
  const whole = [steady.secret, rotated.secret, unknown].map((secret) => load(secret, ROUND_SECONDS));
  const beforeRevocation = await load(revoked.secret, 3);
  const overlap = { overlapSeconds: 600 };
  const { secret: next } = (await keys.change(rotated, 'rotate', overlap)).json<{ secret: string }>();
  await keys.change(revoked, 'revoke', { reason: 'test' });
  await sleep(REVOCATION_SECONDS * 1000);
  const [afterRotation, afterRevocation] = await Promise.all([load(next, 3), load(revoked.secret, 3)]);
  const answers = [...(await Promise.all(whole)), beforeRevocation, afterRotation, afterRevocation];
  const admitted = { '200': expect.any(Number) };
  const refused = { '401': expect.any(Number) };
  expect(answers).toEqual([admitted, admitted, refused, admitted, admitted, refused]);
  return answers.flatMap((counts) => Object.values(counts)).reduce((sum, count) => sum + count);
}

/** What leaks grows in every round; environments that start late, or a collection that waits, in one or two. */
const MOST_ROUNDS = 5;

test('under load, with rotation and revocation going on, no decision is wrong and memory stays flat', async () => {
  const growths: number[] = [];
  await round();
  while (growths.length < MOST_ROUNDS && (growths.at(-1) ?? SWING_BYTES) >= SWING_BYTES) {
    const before = await residentBytes();
    expect(await round()).toBeGreaterThan(500);
    growths.push((await residentBytes()) - before);
  }
  expect(growths.at(-1)).toBeLessThan(SWING_BYTES);
}, 240_000);
