import { setTimeout as sleep } from 'node:timers/promises';
import { signedHeaders } from '../core/aws/signature.ts';
import { type Answer, call } from './http-call.ts';
import { callApi, isAdmitted, nameOf, type ProtectedApi } from './protected-api.ts';
import { type Signing, SMOKE_API, SMOKE_TENANT, type World } from './world.ts';

/** Wherever a key is decided on. */
export interface Gate {
  readonly name: string;
  /** Whether it lets this secret in now; undefined where it gave no decision, as a 5xx is none. */
  admits(secret: string): Promise<boolean | undefined>;
}

/** When a change held at a gate, in seconds from its answer on; null where it didn't while it was watched. */
export interface Lateness {
  readonly gate: string;
  readonly firstRefused: number | null;
  /** After its last admission, by whichever instance. */
  readonly refusedForGood: number | null;
}

/** The APIs of the tenant scheme in one environment. */
export function apiGates({ apis, signal }: World, environment: ProtectedApi['environment']): Gate[] {
  return apis
    .filter((api) => api.scheme === 'tenant' && api.environment === environment)
    .map((api) => ({
      name: nameOf(api),
      admits: async (secret) => {
        const answer = await callApi(api, { key: secret, tenantId: SMOKE_TENANT }, { signal });
        // An HTTP API that makes a 500 of a refusal has refused; what it should say is asked by itself.
        if (answer.status === 500 && api.kind === 'http') return false;
        return answer.status >= 500 || answer.status === 429 ? undefined : isAdmitted(answer);
      },
    }));
}

/** `POST /v1/verify`, asked as a backend does. */
export function verifyGate(world: World, signing: Signing): Gate {
  const url = `${world.url.replace(/\/+$/, '')}/v1/verify`;
  return {
    name: 'verify',
    admits: async (key) => {
      const asked = { key, apiId: SMOKE_API, method: 'GET', path: '/v1/smoke' };
      const { status, text } = await postSigned(url, 'execute-api', asked, signing, world.signal);
      if (status !== 200) throw new Error(`POST /v1/verify answered ${status}`);
      return JSON.parse(text).valid === true;
    },
  };
}

/** Posts JSON, signed for one of AWS's services. */
export async function postSigned(
  url: string,
  service: 'execute-api' | 'lambda',
  input: object,
  { region, credentials }: Signing,
  signal: AbortSignal,
): Promise<Answer> {
  const { host, pathname: path } = new URL(url);
  const body = JSON.stringify(input);
  const context = { service, region, ...(await credentials()), time: new Date() };
  const sent = { host, 'content-type': 'application/json' };
  const headers = signedHeaders(sent, body, context, { method: 'POST', path, query: '' });
  return call({ method: 'POST', url, headers, body, signal });
}

/**
 * Asks a gate again and again from a change on, also for a while after it first refused: an admission that comes
 * later, by another instance, is one.
 * @param since `performance.now()` when the change was answered
 */
export async function latenessOf(
  gate: Gate,
  secret: string,
  { since, watchSeconds, signal }: { since: number; watchSeconds: number; signal: AbortSignal },
): Promise<Lateness> {
  let firstRefused: number | null = null;
  let refusedForGood: number | null = null;
  for (;;) {
    const seconds = (performance.now() - since) / 1000;
    if (seconds > watchSeconds) return { gate: gate.name, firstRefused, refusedForGood };
    const admitted = await gate.admits(secret);
    if (admitted === true) refusedForGood = null;
    if (admitted === false) {
      firstRefused ??= seconds;
      refusedForGood ??= seconds;
    }
    await sleep(100, undefined, { signal });
  }
}
