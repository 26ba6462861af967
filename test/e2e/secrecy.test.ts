import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEMO_API_IDS } from '../../core/contract/demo.ts';
import { openDatabase } from '../../emulator/aws/database.ts';
import { type LocalDeployment, startDeployment } from '../support/deployment.ts';

const KEYS = '/tenants/tenant_acme/keys';
let deployment: LocalDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

/** Every file below a folder whose content can be read as it is, by its path. */
async function filesBelow(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, await readFile(path, 'latin1'));
  }
  return files;
}

/** Every key that can be shown again: two of a subscription, one that replaces the first, a client key. */
async function showableKeys(): Promise<string[]> {
  const made = async (path: string, body?: object) => {
    const answer = await deployment.manage('POST', path, body);
    expect(answer.status).toBeLessThan(300);
    return answer.json<Record<string, string>>();
  };
  const plan = { rateLimits: [], quota: null };
  const apiIds = [DEMO_API_IDS.payments.sandbox];
  const product = { name: 'Secrecy', description: '', requiresApproval: false, plan, apiIds };
  const { productId } = await made('/products', product);
  const { subscriptionId } = await made('/subscriptions', {
    tenantId: 'tenant_acme',
    productId,
    name: 'secrecy',
  });
  const { primaryKey, secondaryKey } = await made(`/subscriptions/${subscriptionId}/keys/reveal`);
  const { key } = await made(`/subscriptions/${subscriptionId}/keys/primary/regenerate`);
  // Not the one that the demonstration prints for everybody to try.
  const { clientKey } = await made(`/apis/${DEMO_API_IDS.payments.sandbox}/client-key/regenerate`);
  const keys = [primaryKey, secondaryKey, key, clientKey].filter((text) => text !== undefined);
  for (const text of keys) {
    const headers = { 'ocp-apim-subscription-key': text, 'client-key': `${clientKey}` };
    await deployment.call('payments', 'sandbox', { headers, path: '/v1/payments' });
    await deployment.call('payments', 'sandbox', {
      headers: { 'client-key': text },
      path: `/v1/payments/${text}`,
    });
  }
  return keys;
}

test('no secret that was ever issued is in a log, an event, a table or an answer other than its own', async () => {
  const secrets: string[] = [];
  const created: string[] = [];
  for (const type of ['secret', 'publishable']) {
    for (const environment of ['sandbox', 'live']) {
      const body = { name: 'secrecy', type, environment, role: 'writer', metadata: { team: 'checkout' } };
      const answer = await deployment.manage('POST', KEYS, body, {
        headers: { 'idempotency-key': `${type}-${environment}` },
      });
      const { key, secret } = answer.json<{ key: { keyId: string }; secret: string }>();
      secrets.push(secret);
      created.push(key.keyId);
      const again = await deployment.manage('POST', KEYS, body, {
        headers: { 'idempotency-key': `${type}-${environment}` },
      });
      expect(again.text).not.toContain(secret);
    }
  }
  const [first = '', second = ''] = created;
  for (const keyId of created) {
    const rotated = await deployment.manage('POST', `${KEYS}/${keyId}/rotate`, { overlapSeconds: 60 });
    secrets.push(rotated.json<{ secret: string }>().secret);
  }
  secrets.push(...(await showableKeys()));
  const shown = new Set(
    deployment.answers.filter(({ text }) => secrets.some((secret) => text.includes(secret))),
  );
  // Both keys of a subscription are shown in one answer.
  expect(shown.size).toBe(secrets.length - 1);

  for (const secret of secrets) {
    const key = { 'x-api-key': secret, 'x-tn': 'tenant_acme' };
    const attempts = [
      { headers: key },
      { headers: { ...key, 'x-tn': secret } },
      { headers: { ...key, 'x-api-key': `${secret}x`, 'user-agent': 'curl' }, method: 'POST' },
      { headers: { 'x-tn': 'tenant_acme' }, path: `/v1/orders?key=${secret}` },
      { headers: key, path: `/v1/orders/${secret}`, method: 'DELETE' },
    ];
    for (const attempt of attempts) await deployment.call('catalog', 'sandbox', attempt);
    for (const attempt of attempts.slice(0, 4)) await deployment.call('orders', 'sandbox', attempt);
    // Where a key must not be sent, by people who send it all the same.
    await deployment.manage('GET', `${KEYS}?cursor=${secret}`);
    await deployment.manage('PATCH', `${KEYS}/${first}`, { name: secret });
    await deployment.manage('POST', KEYS, { name: 'x', type: secret, environment: 'live', role: 'writer' });
    await deployment.manage('GET', `${KEYS}/${first}`, undefined, { headers: { 'x-api-key': secret } });
  }
  await deployment.manage('POST', `${KEYS}/${first}/end-overlap`);
  await deployment.manage('POST', `${KEYS}/${first}/disable`);
  await deployment.manage('POST', `${KEYS}/${first}/enable`);
  await deployment.manage('POST', `${KEYS}/${second}/revoke`, { reason: 'secrecy' });
  await deployment.manage('GET', KEYS);
  const audit = await deployment.manage('GET', '/audit?limit=100');
  expect(audit.text).toContain(first);
  await deployment.stop();

  const places = await filesBelow(deployment.dataDir);
  // The file stands for the admin's own note of the keys that the demonstration showed once.
  places.delete(join(deployment.dataDir, 'demo.json'));
  const database = await openDatabase(join(deployment.dataDir, 'aws/dynamodb'), 'eu-central-1');
  let items = '';
  for await (const value of database.values({})) items += JSON.stringify(value);
  await database.close();
  places.set('the tables, streams and indexes', items);
  expect(items).toContain(first);
  places.set('the output', deployment.output());
  deployment.answers.forEach((answer, index) => {
    // The demonstration backend says which path was called: a key in a path is its caller's doing.
    const text = shown.has(answer) || answer.text.includes('"authorizer"') ? '' : answer.text;
    places.set(`answer ${index}`, `${text}${JSON.stringify([...answer.headers])}`);
  });
  const found = [...places].filter(([, content]) =>
    secrets.some((secret) => content.includes(secret.slice(20, 52))),
  );
  expect(found.map(([place]) => place)).toEqual([]);
});
