import { setTimeout as sleep } from 'node:timers/promises';
import { REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import { judged, type Question } from '../finding.ts';
import { apiGates, type Gate, type Lateness, latenessOf, postSigned, verifyGate } from '../gate.ts';
import { endKey, makeKey, SMOKE_API, SMOKE_TENANT, type World } from '../world.ts';

/** Longer than the promise, to see an admission that breaks it. */
const WATCHED_SECONDS = REVOCATION_SECONDS + 2;
/** Calls at once before a change, so that more than one instance knows the key. */
const WARMING = 8;
const WARM_ATTEMPTS = 6;
const WARM_PAUSE_MILLISECONDS = 1000;
const OVERLAP_SECONDS = 3600;
const ADVICE = {
  late: 'A change holds too late. `cacheSeconds` in cdk.json and `gatewayCacheSeconds` of the authorizer may add up to 4, and nothing else may keep an authorizer’s answers: look for a CDN, and for a time-to-live that was set by hand.',
  rotation: 'A rotation cuts callers off. Read the authorizers’ logs by cause.',
  signing:
    'Give --profile, so that verify, the brake and the account can be asked: all of them need AWS credentials.',
  verify: `Give these credentials execute-api:Invoke on POST /v1/verify (\`allowVerify\`, docs/use/verify.md), or look into the log of verify.`,
  brake:
    'Attach the policy of the output BrakePolicyArn to the role of whoever is on call (docs/operate/runbook.md, «The brake behind glass»), and run this as that role.',
};

type Environment = 'sandbox' | 'live';

/** Replaces and ends keys, and measures when that holds wherever they are decided on. */
export async function keyChanges(world: World): Promise<void> {
  for (const environment of ['sandbox', 'live'] as const) {
    const verify = environment === 'sandbox' ? await verifying(world) : undefined;
    const gates = [...apiGates(world, environment), ...(verify ?? [])];
    if (gates.length === 0) continue;
    await rotated(world, environment, gates);
    await revoked(world, environment, gates);
  }
}

/** Verify as a gate more, where it answers. */
async function verifying(world: World): Promise<Gate[]> {
  const { signing, tell, management, keep } = world;
  const question = {
    chapter: 'calls',
    subject: 'verify',
    promise: 'a backend learns that a key is valid',
  } as const;
  if (signing === undefined) {
    tell({ ...question, verdict: 'not asked', advice: ADVICE.signing });
    return [];
  }
  const api = { apiId: SMOKE_API, name: 'Smoke test', environment: 'sandbox', scheme: 'tenant' };
  const { status } = await management.ask('GET', `/apis/${SMOKE_API}`);
  if (status === 404) await management.do('POST', '/apis', api);
  keep(`the API ${SMOKE_API}, which nothing answers for`);
  const gate = verifyGate(world, signing);
  const { secret } = await makeKey(world, 'sandbox');
  const answer = await gate.admits(secret).catch((error: Error) => error.message);
  const seen = typeof answer === 'string' ? answer : undefined;
  tell(judged({ ...question, isKept: answer === true, seen, advice: ADVICE.verify }));
  return answer === true ? [gate] : [];
}

async function rotated(world: World, environment: Environment, gates: readonly Gate[]): Promise<void> {
  const { management, tell } = world;
  const { keyId, secret: before } = await makeKey(world, environment);
  const path = `/tenants/${SMOKE_TENANT}/keys/${keyId}`;
  await warm(gates, before, world.signal);
  const { secret: after } = await management.do<{ secret: string }>('POST', `${path}/rotate`, {
    overlapSeconds: OVERLAP_SECONDS,
  });
  const both = await Promise.all(gates.flatMap((gate) => [gate.admits(before), gate.admits(after)]));
  const question = { chapter: 'changes', subject: environment, advice: ADVICE.rotation } as const;
  const promise = 'during a rotation’s overlap both secrets are let in';
  tell(judged({ ...question, promise, isKept: both.every(Boolean) }));
  await warm(gates, before, world.signal);
  await management.do('POST', `${path}/end-overlap`, {});
  await tellLateness(world, gates, before, {
    chapter: 'changes',
    subject: environment,
    promise: `the old secret is refused within ${REVOCATION_SECONDS} s of the overlap’s end`,
  });
  const still = await Promise.all(gates.map((gate) => gate.admits(after)));
  tell(judged({ ...question, promise: 'the new secret goes on', isKept: still.every(Boolean) }));
}

async function revoked(world: World, environment: Environment, gates: readonly Gate[]): Promise<void> {
  const { keyId, secret } = await makeKey(world, environment);
  await warm(gates, secret, world.signal);
  await endKey(world.management, keyId);
  await tellLateness(world, gates, secret, {
    chapter: 'changes',
    subject: environment,
    promise: `a revoked key is refused within ${REVOCATION_SECONDS} s`,
  });
}

/**
 * Has several instances know a key. A deployment that was just made is asked again for a moment: instances start,
 * and gateways hold off what comes at once.
 * @throws Error where the key is let in nowhere, so that its end would tell nothing
 */
async function warm(gates: readonly Gate[], secret: string, signal: AbortSignal): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const calls = gates.flatMap((gate) => Array.from({ length: WARMING }, () => gate.admits(secret)));
    const answers = await Promise.all(calls);
    if (answers.includes(true)) return;
    if (attempt === WARM_ATTEMPTS) {
      const refused = answers.filter((admitted) => admitted === false).length;
      const seen = `of ${answers.length} calls ${refused} were refused and the others not decided on`;
      throw new Error(`a new key is let in nowhere (${seen}), so nothing can be told of its end`);
    }
    await sleep(WARM_PAUSE_MILLISECONDS, undefined, { signal });
  }
}

async function tellLateness(
  { tell, signal }: World,
  gates: readonly Gate[],
  secret: string,
  question: Omit<Question, 'isKept'>,
): Promise<void> {
  const watched = { since: performance.now(), watchSeconds: WATCHED_SECONDS, signal };
  const all = await Promise.all(gates.map((gate) => latenessOf(gate, secret, watched)));
  const isKept = all.every(
    ({ refusedForGood }) => refusedForGood !== null && refusedForGood <= REVOCATION_SECONDS,
  );
  tell(judged({ ...question, isKept, seen: all.map(inWords).join('; '), advice: ADVICE.late }));
}

function inWords({ gate, firstRefused, refusedForGood }: Lateness): string {
  if (refusedForGood === null) return `${gate} not within ${WATCHED_SECONDS} s`;
  const first = firstRefused === refusedForGood ? '' : `, first after ${firstRefused?.toFixed(1)} s`;
  return `${gate} after ${refusedForGood.toFixed(1)} s${first}`;
}

/** Whether the brake behind glass stops a key, without the management API and without a sign-in. */
export async function brake(world: World): Promise<void> {
  const { signing, brakeUrl, tell, management, signal } = world;
  const question = {
    chapter: 'changes',
    subject: 'the brake behind glass',
    promise: 'a key is disabled by a signed call, without the management API',
  } as const;
  if (signing === undefined || brakeUrl === undefined) {
    tell({ ...question, verdict: 'not asked', advice: ADVICE.signing });
    return;
  }
  const { keyId } = await makeKey(world, 'sandbox');
  const { status } = await postSigned(brakeUrl, 'lambda', { id: keyId }, signing, signal);
  const key = await management.do<{ status: string }>('GET', `/tenants/${SMOKE_TENANT}/keys/${keyId}`);
  const seen = `${status}, and the key is ${key.status}`;
  tell(
    judged({ ...question, isKept: status === 200 && key.status === 'disabled', seen, advice: ADVICE.brake }),
  );
}
