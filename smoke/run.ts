import { randomUUID } from 'node:crypto';
import { alarms } from './checks/alarms.ts';
import { tenantCalls } from './checks/calls.ts';
import { brake, keyChanges } from './checks/changes.ts';
import { paths } from './checks/paths.ts';
import { auditLog, usage } from './checks/records.ts';
import { signIn } from './checks/sign-in.ts';
import { subscriptionCalls } from './checks/subscriptions.ts';
import type { Chapter, Finding } from './finding.ts';
import type { ApiAddress, ProtectedApi } from './protected-api.ts';
import type { Outcome } from './report.ts';
import { knownApi, prepareTenant } from './setup.ts';
import { Undo } from './undo.ts';
import { endUnknown, SMOKE_TENANT, type World } from './world.ts';

/** What is asked, each by itself: one that can't be answered holds up no other. */
const CHECKS: readonly (readonly [Chapter, string, (world: World) => Promise<void>])[] = [
  ['calls', 'API keys', tenantCalls],
  ['calls', 'subscriptions', subscriptionCalls],
  ['changes', 'rotation and revocation', keyChanges],
  ['changes', 'the brake', brake],
  ['records', 'the audit log', auditLog],
  ['alarms', 'alarms', alarms],
  ['open questions', 'paths', paths],
  ['open questions', 'usage', usage],
];

/** What a run is given; the rest of its world it makes. */
export type Given = Omit<World, 'apis' | 'runName' | 'tell' | 'undo' | 'keep'> & {
  readonly addresses: readonly ApiAddress[];
  /** Told of each part before it begins, for whoever waits. */
  readonly progress: (what: string) => void;
};

/** Asks everything and takes away what it made, also where it is stopped or fails half-way. Never rejects. */
export async function runSmoke({ addresses, progress, ...given }: Given): Promise<Outcome> {
  const begun = new Date();
  const start = performance.now();
  const findings: Finding[] = [];
  const kept = new Set<string>();
  const undo = new Undo();
  const keep = (what: string) => void kept.add(what);
  const tell = (finding: Finding) => void findings.push(finding);
  let cutShort: string | undefined;
  try {
    const runName = `Smoke test ${randomUUID()}`;
    const world: World = { ...given, apis: [], runName, tell, undo, keep };
    progress('the token');
    await signIn(world);
    await prepareTenant(world.management, keep);
    undo.add(`keys and subscriptions of ${SMOKE_TENANT} that are called ${runName}`, () => endUnknown(world));
    const apis = await known(world, addresses);
    for (const [chapter, what, check] of CHECKS) {
      progress(what);
      await asking({ ...world, apis }, chapter, what, check);
    }
  } catch (error) {
    cutShort = given.signal.aborted ? 'it was stopped' : reasonOf(error);
  }
  progress('cleaning up');
  const leftBehind = await undo.all();
  const seconds = (performance.now() - start) / 1000;
  const { url } = given;
  return { url, begun, seconds, findings, leftBehind, kept: [...kept], ...(cutShort && { cutShort }) };
}

async function known(world: World, addresses: readonly ApiAddress[]): Promise<ProtectedApi[]> {
  const apis: ProtectedApi[] = [];
  for (const address of addresses) {
    await asking(world, 'calls', address.apiId, async ({ management, keep }) => {
      apis.push(await knownApi(management, address, keep));
    });
  }
  if (apis.length === 0) {
    world.tell({
      chapter: 'calls',
      promise: 'protected APIs let in who may, and nobody else',
      verdict: 'not asked',
      advice: 'Deploy the demonstration (`demo`) and give --profile, or name APIs of yours by --api.',
    });
  }
  return apis;
}

async function asking(
  world: World,
  chapter: Chapter,
  what: string,
  check: (world: World) => Promise<void>,
): Promise<void> {
  try {
    world.signal.throwIfAborted();
    await check(world);
  } catch (error) {
    if (world.signal.aborted) throw error;
    const seen = reasonOf(error);
    const advice = `See that ${what} can be asked after: ${seen}.`;
    world.tell({ chapter, promise: `${what} could not be asked after`, verdict: 'unclear', seen, advice });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
