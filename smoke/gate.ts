import { setTimeout as sleep } from 'node:timers/promises';
import { signedHeaders } from '../core/aws/signature.ts';
import type { Credentials } from './aws.ts';
import { call } from './http-call.ts';
import { callApi, isAdmitted, type ProtectedApi, titleOf } from './protected-api.ts';
import { SMOKE_API, SMOKE_TENANT, type World } from './world.ts';

/** Wherever a key is decided on. */
export interface Gate {
  readonly name: string;
  /** Whether it lets this secret in now; undefined where it gave no decision, as a 5xx is none. */
  admits(secret: string): Promise<boolean | undefined>;
}

/** How long a key was still let in after a change, in seconds; null where the gate never refused it. */
export interface Lateness {
  readonly gate: string;
  readonly lastAdmitted: number;
  readonly firstRefused: number | null;
}

/** The APIs of the tenant scheme in one environment. */
export function apiGates({ apis, signal }: World, environment: ProtectedApi['environment']): Gate[] {
  return apis
    .filter((api) => api.scheme === 'tenant' && api.environment === environment)
    .map((api) => ({
      name: titleOf(api),
      admits: async (secret) => {
        const answer = await callApi(api, { key: secret, tenantId: SMOKE_TENANT }, { signal });
        return answer.status >= 500 || answer.status === 429 ? undefined : isAdmitted(answer);
      },
    }));
}

/** `POST /v1/verify`, signed by these credentials. */
export function verifyGate({ url, signal }: World, region: string, credentials: Credentials): Gate {
  return {
    name: 'POST /v1/verify',
    admits: async (key) => {
      const body = JSON.stringify({ key, apiId: SMOKE_API, method: 'GET', path: '/v1/smoke' });
      const { status, text } = await postSigned(`${url.replace(/\/+$/, '')}/v1/verify`, 'execute-api', body);
      if (status !== 200) throw new Error(`POST /v1/verify answered ${status}`);
      return JSON.parse(text).valid === true;
    },
  };

  function postSigned(address: string, service: string, body: string) {
    const { host, pathname: path } = new URL(address);
    const context = { service, region, ...credentials, time: new Date() };
    const sent = { host, 'content-type': 'application/json' };
    const headers = signedHeaders(sent, body, context, { method: 'POST', path, query: '' });
    return call({ method: 'POST', url: address, headers, body, signal });
  }
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
  let lastAdmitted = 0;
  let firstRefused: number | null = null;
  for (;;) {
    const seconds = (performance.now() - since) / 1000;
    if (seconds > watchSeconds) return { gate: gate.name, lastAdmitted, firstRefused };
    const admitted = await gate.admits(secret);
    if (admitted === true) lastAdmitted = seconds;
    if (admitted === false) firstRefused ??= seconds;
    await sleep(100, undefined, { signal });
  }
}
