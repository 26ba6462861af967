import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { REVOCATION_SECONDS } from '../core/contract/deployment.ts';
import { type Figure, percentile } from './harness.ts';

/** How often each place is asked. */
const PAUSE_MILLISECONDS = 150;
/** How long is watched after the promise has run out, for an admission that comes after all. */
const AFTERMATH_MILLISECONDS = 2000;

/** Somebody or something under traffic, and how to end what it may do. */
export interface Victim {
  /** Ask for it, each in a place of its own: the statuses. */
  readonly asks: readonly (() => Promise<number | undefined>)[];
  end(): Promise<unknown>;
}

/**
 * How long after the management API has answered something is still admitted anywhere, while traffic runs before
 * and after the change.
 * @param atOnce how many are watched at the same time
 */
export async function untilRefused(
  change: string,
  { count, atOnce }: { readonly count: number; readonly atOnce: number },
  prepare: (index: number) => Promise<Victim>,
): Promise<Figure[]> {
  const seconds: number[] = [];
  for (let first = 0; first < count; first += atOnce) {
    const victims: Victim[] = [];
    for (let i = first; i < Math.min(first + atOnce, count); i++) victims.push(await prepare(i));
    // Changes fall at different moments of the records' lives, as in real traffic.
    const times = victims.map((victim, i) => timeToRefusal(victim, 500 + (i * 3330) / atOnce));
    // Nothing may be taken down while others are still being watched.
    await Promise.allSettled(times);
    seconds.push(...(await Promise.all(times)));
  }
  const figure = (name: string, percent: number, promised?: number): Figure => ({
    name: `${change}: ${name} of ${count}, until nothing is admitted`,
    value: percentile(seconds, percent),
    unit: 's',
    ...(promised !== undefined && { promised }),
  });
  return [figure('p50', 50), figure('p99', 99), figure('max', 100, REVOCATION_SECONDS)];
}

/** Seconds from the change's acknowledgement to the first refusal after which nothing was admitted. */
async function timeToRefusal({ asks, end }: Victim, warmUpMilliseconds: number): Promise<number> {
  const seen: { at: number; status: number; admitted: boolean }[] = [];
  let running = true;
  const traffic = asks.map(async (ask) => {
    while (running) {
      const status = await ask();
      // What breaks down lets nobody in, and refuses nobody.
      if (status !== undefined && status < 500) {
        seen.push({ at: performance.now(), status, admitted: status === 200 });
      }
      await sleep(PAUSE_MILLISECONDS);
    }
  });
  let changedAt = 0;
  try {
    await sleep(warmUpMilliseconds);
    while (seen.length < 3 * asks.length) await sleep(PAUSE_MILLISECONDS);
    const refused = seen.find(({ admitted }) => !admitted);
    if (refused !== undefined) throw new Error(`${refused.status} was answered before anything was ended`);
    await end();
    changedAt = performance.now();
    await sleep(REVOCATION_SECONDS * 1000 + AFTERMATH_MILLISECONDS);
  } finally {
    running = false;
    await Promise.all(traffic);
  }
  const lastAdmission = seen.findLast(({ admitted }) => admitted)?.at ?? changedAt;
  const firstRefusal = seen.find(({ at, admitted }) => !admitted && at > lastAdmission);
  if (firstRefusal === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(0, firstRefusal.at - changedAt) / 1000;
}

const agent = new Agent({ keepAlive: true });

/** The status of a GET, over connections that are kept. */
export function statusOf(
  url: string,
  headers: Readonly<Record<string, string>>,
  again = true,
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode));
    })
      // A kept connection may be closed by the server at the moment of its reuse.
      .once('error', (error) => (again ? resolve(statusOf(url, headers, false)) : reject(error)))
      .end();
  });
}
