import { DEMO_API_IDS } from '../core/contract/demo.ts';
import { DEMO_TENANT, type DemoSecrets } from './demo.ts';
import type { Machine } from './identity/machine.ts';
import { REPLICATION_PATH, type Settings } from './settings.ts';

/** A command that works as it stands in the project's folder, and the status that it gives. */
interface Example {
  readonly status: number;
  readonly about: string;
  readonly command: string;
}

/** What a program with an API key meets at the protected APIs. */
function callerExamples({ gatewayPort }: Settings, { keys }: DemoSecrets): Example[] {
  const gateway = `http://localhost:${gatewayPort}`;
  const orders = `${gateway}/orders/sandbox/v1/orders`;
  const call = (url: string, key: string, options = '', tenantId = DEMO_TENANT.tenantId) =>
    `curl -i ${options}${url} -H 'x-api-key: ${key}' -H 'x-tn: ${tenantId}'`;
  return [
    {
      status: 200,
      about: 'a secret key; the backend answers with what it learns of the caller',
      command: call(orders, keys.secretSandbox),
    },
    { status: 401, about: 'no such key', command: call(orders, 'sk_dev_wrong') },
    {
      status: 403,
      about: "another tenant's name with the key",
      command: call(orders, keys.secretSandbox, '', 'tenant_other'),
    },
    { status: 403, about: 'a live key in the sandbox', command: call(orders, keys.secretLive) },
    {
      status: 200,
      about: 'the live key where it belongs',
      command: call(`${gateway}/orders/live/v1/orders`, keys.secretLive),
    },
    {
      status: 403,
      about: 'a key whose role may read orders, writing one',
      command: call(orders, keys.readerSandbox, '-X POST '),
    },
    {
      status: 429,
      about:
        'a key of five requests a minute, in eleven: more than two minutes hold; the first that is refused',
      command: `curl -s -o /dev/null -D - '${orders}?n=[1-11]' -H 'x-api-key: ${keys.limitedSandbox}' -H 'x-tn: ${DEMO_TENANT.tenantId}' | grep -m 1 -A 13 '^HTTP/1.1 429'`,
    },
    {
      status: 200,
      about: 'a publishable key on a public route',
      command: call(`${gateway}/catalog/sandbox/v1/products`, keys.publishableSandbox),
    },
    {
      status: 403,
      about: 'a publishable key on a route that is not public',
      command: call(orders, keys.publishableSandbox),
    },
  ];
}

/** What a program meets whose tenant has subscribed to the payments API: two keys and a token. */
function subscriberExamples(
  { gatewayPort, issuer }: Settings,
  { subscriptions, clientKeys }: DemoSecrets,
  { clientId, clientSecret }: Machine,
): Example[] {
  const getToken = (options: string) =>
    `curl ${options} -u ${clientId}:${clientSecret} ${issuer}/token -d grant_type=client_credentials -d scope=payments.write`;
  const key = `-H 'Ocp-Apim-Subscription-Key: ${subscriptions.activeSandbox.primaryKey}'`;
  const pendingKey = `-H 'Ocp-Apim-Subscription-Key: ${subscriptions.pendingSandbox.primaryKey}'`;
  const clientKey = `-H 'Client-Key: ${clientKeys.sandbox}'`;
  const token = `-H "Authorization: Bearer $(${getToken('-s')} | cut -d'"' -f4)"`;
  const call = (...headers: string[]) =>
    `curl -i http://localhost:${gatewayPort}/payments/sandbox/v1/payments ${headers.join(' ')}`;
  return [
    { status: 200, about: 'a program gets an access token in its own name', command: getToken('-i') },
    {
      status: 200,
      about: 'that token, the key of a subscription, and the client key of the API',
      command: call(key, clientKey, token),
    },
    { status: 401, about: 'without the token', command: call(key, clientKey) },
    { status: 401, about: 'without the client key', command: call(key, token) },
    {
      status: 403,
      about: 'a subscription that no admin has approved yet',
      command: call(pendingKey, clientKey, token),
    },
  ];
}

/** What a backend does that asks about its callers. */
function backendExamples({ port, mainRegion }: Settings, { keys }: DemoSecrets): Example[] {
  const signed = `--aws-sigv4 aws:amz:${mainRegion}:execute-api --user local:local `;
  const verify = (options: string, body: object) =>
    `curl -i ${options}-H 'content-type: application/json' -d '${JSON.stringify(body)}' http://localhost:${port}/v1/verify`;
  const route = { apiId: DEMO_API_IDS.orders.sandbox, method: 'POST', path: '/v1/orders' };
  return [
    {
      status: 200,
      about: 'a backend asks whether a key may; AWS credentials sign its request',
      command: verify(signed, { key: keys.secretSandbox, ...route }),
    },
    {
      status: 200,
      about:
        'it learns what to answer: of these two, which cost three of five requests a minute each, not to both',
      command: verify(signed, { requests: [1, 2].map(() => ({ key: keys.limitedSandbox, cost: 3 })) }),
    },
    { status: 403, about: 'nobody signed it', command: verify('', { key: keys.secretSandbox }) },
  ];
}

/** What an admin does. */
function adminExamples(settings: Settings): Example[] {
  const management = `http://localhost:${settings.port}/v1`;
  const keys = `${management}/tenants/${DEMO_TENANT.tenantId}/keys`;
  const asAdmin = `-H "authorization: Bearer $(${npmRun(settings, 'token')} -- admin@keywright.test)"`;
  const newKey = '{"name":"My first key","type":"secret","environment":"sandbox","role":"writer"}';
  return [
    {
      status: 201,
      about: 'an admin creates a key; this answer is the only one that shows it',
      command: `curl -i ${keys} ${asAdmin} -H 'content-type: application/json' -d '${newKey}'`,
    },
    { status: 200, about: "the tenant's keys", command: `curl -i '${keys}?limit=3' ${asAdmin}` },
    {
      status: 200,
      about: 'the audit log, newest first',
      command: `curl -i '${management}/audit?limit=3' ${asAdmin}`,
    },
  ];
}

/** What a key meets in other Regions, and how late these learn of a change. */
function regionExamples({ port, otherRegions }: Settings, { keys }: DemoSecrets): Example[] {
  const [other] = otherRegions;
  if (other === undefined) return [];
  const set = (state: object) =>
    `curl -i http://localhost:${port}${REPLICATION_PATH} -d '${JSON.stringify(state)}'`;
  return [
    {
      status: 200,
      about: `a secret key in ${other.name}, which decides by a copy`,
      command: `curl -i http://localhost:${other.gatewayPort}/orders/sandbox/v1/orders -H 'x-api-key: ${keys.secretSandbox}' -H 'x-tn: ${DEMO_TENANT.tenantId}'`,
    },
    {
      status: 200,
      about: 'from now on changes reach other Regions after three seconds',
      command: set({ delayMs: 3000 }),
    },
    { status: 200, about: 'nothing comes through', command: set({ partitioned: true }) },
    {
      status: 200,
      about: 'it does again, and at once',
      command: set({ delayMs: 0, partitioned: false }),
    },
  ];
}

/** What `npm start` prints when it is ready. */
export function banner(settings: Settings, demo: DemoSecrets, machine: Machine, seconds: number): string {
  const at = (port: number) => `http://localhost:${port}`;
  const examples = [
    ...callerExamples(settings, demo),
    ...subscriberExamples(settings, demo, machine),
    ...backendExamples(settings, demo),
    ...adminExamples(settings),
    ...regionExamples(settings, demo),
  ];
  const regions = settings.otherRegions.map(
    ({ name, gatewayPort, verifyPort }) =>
      `  ${name.padEnd(16)}${at(gatewayPort)}/{orders,catalog,payments}/{sandbox,live}/v1/…, ${at(verifyPort)}/v1/verify\n`,
  );
  const lines = examples.flatMap(({ status, about, command }) => [
    `  # ${status} ${about}`,
    `  ${command}`,
    '',
  ]);
  return `
Keywright is ready after ${seconds.toFixed(1)} seconds. Ctrl-C stops it; ${settings.dataDir} keeps its data.

  Portals         ${at(settings.port)} for developers, ${at(settings.port)}/admin for admins
  Management API  ${at(settings.port)}/v1, described by ${at(settings.port)}/openapi.json
  Sign-in         ${at(settings.identityPort)}/.well-known/openid-configuration
  Protected APIs  ${at(settings.gatewayPort)}/{orders,catalog,payments}/{sandbox,live}/v1/…
${regions.join('')}  People          ${npmRun(settings, 'people')}
  AWS services    eval "$(${npmRun(settings, 'aws')})", then aws dynamodb list-tables
  Watch           ${at(settings.port)}/keywright-local/events, /keywright-local/alarms and /keywright-local/mail
  Logs            ${settings.dataDir}/logs

Try, in this folder:

${lines.join('\n')}`;
}

/** `npm run` for this server, with its settings where they are not the usual ones. */
function npmRun({ variables }: Settings, script: string): string {
  return [...variables, `npm run --silent ${script}`].join(' ');
}
