import { REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import { type Chapter, judged } from '../finding.ts';
import { apiGates, type Gate, type Lateness, latenessOf, verifyGate } from '../gate.ts';
import { endKey, makeKey, SMOKE_API, SMOKE_TENANT, type World } from '../world.ts';

const CHAPTER: Chapter = 'changes';
/** Longer than the promise, to see an admission that breaks it. */
const WATCHED_SECONDS = REVOCATION_SECONDS + 2;
/** Calls at once before a change, so that more than one instance knows the key. */
const WARMING = 8;
const OVERLAP_SECONDS = 3600;
const LATE =
  'A change holds too late. Look at what is kept of decisions: `cacheSeconds` in cdk.json and `gatewayCacheSeconds` of the authorizer may add up to 4, and nothing else may keep its answers (a CDN, an authorizer’s time-to-live that was edited by hand).';

/** Replaces and ends keys, and measures when that holds wherever they are decided on. */
export async function keyChanges(world: World): Promise<void> {
  for (const environment of ['sandbox', 'live'] as const) {
    const gates = apiGates(world, environment);
    const verify = environment === 'sandbox' ? await verifying(world) : undefined;
    if (verify !== undefined) gates.push(verify);
    if (gates.length === 0) continue;
    await rotated(world, environment, gates);
    await revoked(world, environment, gates);
  }
}

async function verifying(world: World): Promise<Gate | undefined> {
  const { signing, tell, management, keep } = world;
  if (signing === undefined) {
    const advice =
      'Give --profile, so that `POST /v1/verify` and the account can be asked: both need AWS credentials.';
    tell({
      chapter: 'calls',
      promise: 'POST /v1/verify decides as the authorizers do',
      verdict: 'not asked',
      advice,
    });
    return undefined;
  }
  const api = { apiId: SMOKE_API, name: 'Smoke test', environment: 'sandbox', scheme: 'tenant' };
  const { status } = await management.ask('GET', `/apis/${SMOKE_API}`);
  if (status === 404) await management.do('POST', '/apis', api);
  keep(`the API ${SMOKE_API}, which nothing answers for`);
  return verifyGate(world, signing.region, await signing.credentials());
}

async function rotated(world: World, environment: 'sandbox' | 'live', gates: readonly Gate[]): Promise<void> {
  const { management, tell, signal } = world;
  const { keyId, secret: before } = await makeKey(world, environment);
  const path = `/tenants/${SMOKE_TENANT}/keys/${keyId}`;
  await warm(gates, before);
  const { secret: after } = await management.do<{ secret: string }>('POST', `${path}/rotate`, {
    overlapSeconds: OVERLAP_SECONDS,
  });
  const both = await Promise.all(
    gates.map(async (gate) => [await gate.admits(before), await gate.admits(after)]),
  );
  tell(
    judged(
      CHAPTER,
      `${environment}: both secrets of a rotated key are let in, at all ${gates.length} gates`,
      both.flat().every(Boolean),
      {
        advice:
          'A rotation cuts callers off, or they don’t get the new secret. Read the authorizers’ logs by cause.',
      },
    ),
  );
  await management.do('POST', `${path}/end-overlap`, {});
  await tellLateness(
    world,
    `${environment}: the old secret of a rotated key is refused within ${REVOCATION_SECONDS} seconds of its overlap’s end`,
    gates,
    before,
  );
  const still = await Promise.all(gates.map((gate) => gate.admits(after)));
  tell(judged(CHAPTER, `${environment}: the new secret goes on`, still.every(Boolean)));
  signal.throwIfAborted();
}

async function revoked(world: World, environment: 'sandbox' | 'live', gates: readonly Gate[]): Promise<void> {
  const { keyId, secret } = await makeKey(world, environment);
  await warm(gates, secret);
  await endKey(world.management, keyId);
  await tellLateness(
    world,
    `${environment}: a revoked key is refused within ${REVOCATION_SECONDS} seconds`,
    gates,
    secret,
  );
}

async function warm(gates: readonly Gate[], secret: string): Promise<void> {
  const calls = gates.flatMap((gate) => Array.from({ length: WARMING }, () => gate.admits(secret)));
  if ((await Promise.all(calls)).every((admitted) => admitted !== true)) {
    throw new Error('no gate let a new key in, so nothing can be told of its end');
  }
}

async function tellLateness(
  { tell, signal }: World,
  promise: string,
  gates: readonly Gate[],
  secret: string,
): Promise<void> {
  const since = performance.now();
  const watched = { since, watchSeconds: WATCHED_SECONDS, signal };
  const all = await Promise.all(gates.map((gate) => latenessOf(gate, secret, watched)));
  tell(
    judged(CHAPTER, promise, all.every(isInTime), {
      seen: all.map(inWords).join('; '),
      advice: LATE,
    }),
  );
}

function isInTime({ lastAdmitted, firstRefused }: Lateness): boolean {
  return firstRefused !== null && lastAdmitted <= REVOCATION_SECONDS;
}

function inWords({ gate, lastAdmitted, firstRefused }: Lateness): string {
  if (firstRefused === null) return `${gate} never within ${WATCHED_SECONDS} s`;
  const after = lastAdmitted > firstRefused ? `, let in once more after ${lastAdmitted.toFixed(1)} s` : '';
  return `${gate} after ${firstRefused.toFixed(1)} s${after}`;
}
