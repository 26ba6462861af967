import type { Schemas } from '../../../client/keywright-client.ts';
import { EXIT, Exit, usage } from '../exit.ts';
import { countOf } from '../format.ts';
import { printableLines } from '../output.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';
import { apiNamed } from './api-named.ts';
import { secretGiven } from './key-texts.ts';

/** `verify`: asks as a backend does, by a request that AWS credentials sign. */
async function verify(run: Run): Promise<void> {
  const { api: apiId, method, path, permission, ip, cost, origin } = run.options;
  const key = await secretGiven(run, run.arg(0));
  const { awsSigner } = await import('../aws.ts');
  const client = run.client({ sign: await awsSigner() });
  const asked = { tenantId: run.options.tenant, apiId, method, path, permission, ip, origin, cost };
  const body = { key, ...given(asked) };
  const { data } = await client.POST('/v1/verify', { body });
  const result = data as Schemas['Verification'];
  const { answer: _, rateLimits, ...shown } = result;
  run.out.item(run.out.isJson ? result : shown, result.keyId ?? result.code);
  if (!result.valid) throw new Exit(EXIT.no);
}

interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls a protected API with a key, as a program would, and shows the answer. */
async function tryOut(run: Run): Promise<void> {
  const [named = '', method = '', path = ''] = run.args;
  const { data: api } = await run.api.GET('/v1/apis/{apiId}', {
    params: { path: { apiId: await apiNamed(run, named) } },
  });
  const { url, headers } = await targetOf(run, api, path);
  const data = run.options.data as string | undefined;
  const started = performance.now();
  const response = await fetch(url, {
    method: method.toUpperCase(),
    headers: { ...headers, ...(data !== undefined && { 'content-type': 'application/json' }) },
    redirect: 'manual',
    ...(data !== undefined && { body: data }),
  }).catch((error: Error) => {
    throw new Exit(
      EXIT.unavailable,
      `${new URL(url).origin} does not answer: ${String(error.cause ?? error.message)}`,
    );
  });
  const text = await response.text();
  const took = Math.round(performance.now() - started);
  if (run.out.isJson) {
    run.out.line(
      JSON.stringify({
        status: response.status,
        milliseconds: took,
        headers: Object.fromEntries(response.headers),
        body: text,
      }),
    );
  } else {
    run.out.note(`${response.status} ${response.statusText}  ${took} ms  ${countOf(text.length, 'byte')}`);
    for (const name of ['ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate'])
      if (response.headers.has(name)) run.out.note(`${name}: ${response.headers.get(name)}`);
    run.out.line(run.out.isTerminal ? printableLines(text) : text);
  }
  if (response.status >= 400) throw new Exit(EXIT.no);
}

async function targetOf(run: Run, api: Schemas['Api'], path: string): Promise<Target> {
  const base = run.options.base ?? (api as { baseUrl?: string | null }).baseUrl;
  if (typeof base !== 'string')
    throw usage(`Where is ${api.name}? Give --base, such as https://api.example.com`);
  if (!path.startsWith('/')) throw usage(`${JSON.stringify(path)} is no path; it begins with a slash`);
  const key = await secretGiven(run, '-');
  const { clientKey, accessToken } = run.options;
  const tenant =
    api.scheme === 'tenant'
      ? { 'x-api-key': key, 'x-tn': await run.tenant() }
      : { 'ocp-apim-subscription-key': key };
  const headers = {
    ...tenant,
    ...(clientKey && { 'client-key': clientKey }),
    ...(accessToken && { authorization: `Bearer ${accessToken}` }),
  };
  return { url: base.replace(/\/+$/, '') + path, headers: headers as Record<string, string> };
}

export const verifyVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'ask whether a caller would be let in, as a backend does: signed by your AWS credentials',
    args: [['[key]', '- or nothing reads it from standard input']],
    options: [
      ['--api <id>', 'the protected API'],
      ['--method <method>', 'of the request'],
      ['--path <path>', 'of the request'],
      ['--permission <permission>', 'that the caller needs'],
      ['--ip <address>', 'the caller’s'],
      ['--origin <origin>', 'the caller’s, of a browser'],
      ['--cost <units>', 'spent of the caller’s limits; 0 only looks'],
    ],
    run: verify,
  },
];

export const tryVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'call a protected API with the key on standard input',
    args: [
      ['<api>', 'id, or name/environment'],
      ['<method>', 'such as GET'],
      ['<path>', 'such as /v1/orders'],
    ],
    options: [
      ['--base <url>', 'where the API is'],
      ['--data <json>', 'the body'],
      ['--client-key <key>', 'of the API, where it wants one; better in KEYWRIGHT_CLIENT_KEY'],
      ['--access-token <token>', 'where it wants OAuth; better in KEYWRIGHT_ACCESS_TOKEN'],
    ],
    run: tryOut,
  },
];
