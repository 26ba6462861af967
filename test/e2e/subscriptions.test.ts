import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as oauth from 'openid-client';
import { DEMO_API_IDS } from '../../core/contract/demo.ts';
import { AZURE_MESSAGES, AZURE_WWW_AUTHENTICATE } from '../../core/contract/refusals.ts';
import { readMachine } from '../../local/identity/machine.ts';
import { type Answer, type LocalDeployment, startDeployment } from '../support/deployment.ts';

const PAUSE_MILLISECONDS = 20;
let deployment: LocalDeployment;
let productId: string;
let clientKey: string;
let token: string;
beforeAll(async () => {
  deployment = await startDeployment();
  const plan = { rateLimits: [], quota: null };
  const product = { name: 'Payments', description: '', requiresApproval: false, plan };
  productId = (
    await made<{ productId: string }>('/products', { ...product, apiIds: [DEMO_API_IDS.payments.sandbox] })
  ).productId;
  clientKey = (await made<{ clientKey: string }>(`/apis/${DEMO_API_IDS.payments.sandbox}/client-key/reveal`))
    .clientKey;
  token = await machineToken();
});
afterAll(() => deployment.close());

async function made<T>(path: string, body?: object): Promise<T> {
  const answer = await deployment.manage('POST', path, body);
  if (answer.status >= 300) throw new Error(`${path} answered ${answer.status} ${answer.text}`);
  return answer.json<T>();
}

/** A token as a program gets it, by a standard client library. */
async function machineToken(): Promise<string> {
  const machine = readMachine(deployment.dataDir);
  if (machine === undefined) throw new Error('no machine');
  const secret = oauth.ClientSecretBasic(machine.clientSecret);
  const options = { execute: [oauth.allowInsecureRequests] };
  const issuer = await oauth.discovery(
    new URL(deployment.issuer),
    machine.clientId,
    undefined,
    secret,
    options,
  );
  return (await oauth.clientCredentialsGrant(issuer, { scope: 'payments.write' })).access_token;
}

async function subscribe(
  product = productId,
): Promise<{ subscriptionId: string; primary: string; secondary: string }> {
  const { subscriptionId } = await made<{ subscriptionId: string }>('/subscriptions', {
    tenantId: 'tenant_acme',
    productId: product,
    name: 'e2e',
  });
  const { primaryKey, secondaryKey } = await made<{ primaryKey: string; secondaryKey: string }>(
    `/subscriptions/${subscriptionId}/keys/reveal`,
  );
  return { subscriptionId, primary: primaryKey, secondary: secondaryKey };
}

function pay(
  key: string,
  change: Record<string, string | undefined> = {},
  environment = 'sandbox',
): Promise<Answer> {
  const headers = {
    'ocp-apim-subscription-key': key,
    'client-key': clientKey,
    authorization: `Bearer ${token}`,
    ...change,
  };
  const sent = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return deployment.call('payments', environment, { method: 'POST', path: '/v1/payments', headers: sent });
}

test('key, client key and token together are admitted; the backend learns subscription, slot and client', async () => {
  const { subscriptionId, primary, secondary } = await subscribe();
  for (const [slot, key] of Object.entries({ primary, secondary })) {
    const answer = await pay(key);
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({
      authorizer: {
        subscriptionId,
        productId,
        slot,
        tenantId: 'tenant_acme',
        keyType: 'subscription',
        oauthClientId: 'acme-billing',
      },
    });
  }
  // The same key in two headers is one key.
  expect((await pay(primary, { 'x-api-key': primary })).status).toBe(200);
});

test('401: what is missing or wrong can’t be told from outside', async () => {
  const { primary } = await subscribe();
  const answers = await Promise.all([
    pay(primary, { 'ocp-apim-subscription-key': undefined }),
    pay(`${primary.slice(0, -1)}-`),
    pay(primary, { 'client-key': undefined }),
    pay(primary, { 'client-key': primary }),
    pay(primary, { authorization: undefined }),
    pay(primary, { authorization: `Bearer ${token.slice(0, -8)}` }),
    deployment.call('payments', 'sandbox', {
      path: `/v1/payments?subscription-key=${primary}&Ocp-Apim-Subscription-Key=${primary}`,
    }),
  ]);
  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect(answer.json()).toEqual({ statusCode: 401, message: AZURE_MESSAGES.invalidKeyOrToken });
    const challenges = answer.headers.get('www-authenticate');
    expect(challenges).toContain(AZURE_WWW_AUTHENTICATE.key);
    expect(challenges).toContain(AZURE_WWW_AUTHENTICATE.token);
  }
});

describe('403 names the cause', () => {
  const forbidden = (message: string) => ({ statusCode: 403, message });

  test('suspended, resumed, cancelled', async () => {
    const { subscriptionId, primary } = await subscribe();
    await made(`/subscriptions/${subscriptionId}/suspend`);
    const suspended = await pay(primary);
    expect(suspended.status).toBe(403);
    expect(suspended.json()).toEqual(forbidden('Access denied: the subscription is suspended.'));
    await made(`/subscriptions/${subscriptionId}/resume`);
    await made(`/subscriptions/${subscriptionId}/cancel`);
    const again = await subscribe();
    await made(`/subscriptions/${again.subscriptionId}/cancel`);
    expect((await pay(again.primary)).json()).toEqual(
      forbidden('Access denied: the subscription is cancelled.'),
    );
  });

  test('pending, then approved', async () => {
    const plan = { rateLimits: [], quota: null };
    const product = {
      name: 'Approved',
      description: '',
      requiresApproval: true,
      plan,
      apiIds: [DEMO_API_IDS.payments.sandbox],
    };
    const { productId: approved } = await made<{ productId: string }>('/products', product);
    const { subscriptionId, primary, secondary } = await subscribe(approved);
    expect((await pay(primary)).json()).toEqual(forbidden('Access denied: the subscription is pending.'));
    await made(`/subscriptions/${subscriptionId}/approve`);
    expect((await pay(secondary)).status).toBe(200);
  });

  test('the other environment', async () => {
    const { primary } = await subscribe();
    expect((await pay(primary, {}, 'live')).status).toBe(403);
  });

  test('a product that no longer contains the API, within 5 seconds', async () => {
    const plan = { rateLimits: [], quota: null };
    const apiIds = [DEMO_API_IDS.payments.sandbox];
    const product = { name: 'Shrinking', description: '', requiresApproval: false, plan, apiIds };
    const { productId: shrinking } = await made<{ productId: string }>('/products', product);
    const { primary } = await subscribe(shrinking);
    expect((await pay(primary)).status).toBe(200);
    await deployment.manage('PATCH', `/products/${shrinking}`, { apiIds: [DEMO_API_IDS.orders.sandbox] });
    const deadline = Date.now() + 5000;
    let answer = await pay(primary);
    while (answer.status === 200 && Date.now() < deadline) {
      await sleep(50);
      answer = await pay(primary);
    }
    expect(answer.json()).toEqual(
      forbidden('Access denied: the product of this subscription does not contain this API.'),
    );
  });
});

test('both keys are replaced one after the other under 50 calls a second, and no call is refused', async () => {
  const { subscriptionId, primary, secondary } = await subscribe();
  let inUse = primary;
  let running = true;
  const statuses = new Map<number, number>();
  const calls: Promise<void>[] = [];
  const client = (async () => {
    while (running) {
      const call = pay(inUse).then(
        ({ status }) => void statuses.set(status, (statuses.get(status) ?? 0) + 1),
      );
      calls.push(call);
      await sleep(PAUSE_MILLISECONDS);
    }
  })();
  const regenerate = async (slot: string) =>
    (await made<{ key: string }>(`/subscriptions/${subscriptionId}/keys/${slot}/regenerate`)).key;
  await sleep(1000);
  inUse = secondary;
  // On a busy machine calls with the other key are still under way.
  await Promise.all([sleep(1000), ...calls]);
  const newPrimary = await regenerate('primary');
  await sleep(1000);
  inUse = newPrimary;
  await Promise.all([sleep(1000), ...calls]);
  const newSecondary = await regenerate('secondary');
  await sleep(1000);
  running = false;
  await client;
  await Promise.all(calls);
  const refused = [...statuses.keys()].filter((status) => status !== 200);
  expect({ refused, why: refused.length > 0 ? await deployment.warnings() : [] }).toEqual({
    refused: [],
    why: [],
  });
  expect(statuses.get(200)).toBeGreaterThan(100);
  expect((await pay(newSecondary)).status).toBe(200);
  await sleep(5000);
  expect((await pay(primary)).status).toBe(401);
  expect((await pay(secondary)).status).toBe(401);
});
