import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEMO_API_IDS } from '../../core/contract/demo.ts';
import { type LocalDeployment, startDeployment } from '../support/deployment.ts';
import { machineToken } from '../support/machine-token.ts';

interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const ADMIN = 'admin@keywright.test';
const SECOND = 'second-admin@keywright.test';
const DEVELOPER = 'developer@keywright.test';
const TENANT = { tenantId: 'tenant_story', name: 'Story' };

let deployment: LocalDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

const mailbox = (path = '') => fetch(`${deployment.managementUrl}/keywright-local/mail${path}`);

/** The mail to somebody with this in its subject, as soon as it is there. */
async function mailTo(email: string, subject: string): Promise<Mail> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const { items } = (await (await mailbox(`?to=${email}`)).json()) as { items: Mail[] };
    const mail = items.find((each) => each.subject.includes(subject));
    if (mail !== undefined) return mail;
    if (Date.now() > deadline)
      throw new Error(`${email} got ${JSON.stringify(items.map((each) => each.subject))}`);
    await sleep(50);
  }
}

test('a developer is invited by mail, accepts, subscribes, is told of the approval, sees the keys, and calls the API', async () => {
  const manage = deployment.manage.bind(deployment);
  expect((await manage('POST', '/tenants', TENANT)).status).toBe(201);
  const invitations = `/tenants/${TENANT.tenantId}/invitations`;
  const invited = await manage('POST', invitations, { email: DEVELOPER, role: 'developer' });
  expect([invited.status, Object.keys(invited.json())]).toEqual([201, ['invitation']]);

  const invitation = await mailTo(DEVELOPER, 'You are invited to “Story”');
  const link = `${deployment.managementUrl}/invitations#token=`;
  const token = invitation.text.split(link)[1]?.split(/\s/)[0];
  expect(invitation.html).toContain(`${link}${token}`);
  expect((await manage('POST', '/invitations/accept', { token }, { as: SECOND })).status).toBe(403);
  expect((await manage('POST', '/invitations/accept', { token }, { as: DEVELOPER })).status).toBe(200);

  const products = (await manage('GET', '/products', undefined, { as: DEVELOPER })).json<{
    items: {
      productId: string;
      environment: string;
      requiresApproval: boolean;
      termsVersion: string | null;
    }[];
  }>();
  const product = products.items.find(
    ({ environment, requiresApproval }) => environment === 'sandbox' && requiresApproval,
  );
  const { productId, termsVersion } = product ?? {};
  const body = { tenantId: TENANT.tenantId, productId, name: 'Shop', ...(termsVersion && { termsVersion }) };
  const requested = await manage('POST', '/subscriptions', body, { as: DEVELOPER });
  expect(requested.status).toBe(201);
  const { subscriptionId } = requested.json<{ subscriptionId: string }>();
  await mailTo(SECOND, 'Waiting for you: a subscription “Shop”');

  expect((await manage('POST', `/subscriptions/${subscriptionId}/approve`, {}, { as: SECOND })).status).toBe(
    200,
  );
  const told = await mailTo(DEVELOPER, 'Your subscription “Shop” was approved');
  expect(told.text).toContain(`/subscriptions/${subscriptionId}`);
  expect(told.text).not.toMatch(/sub_(?:dev|live)_/);

  const reveal = `/subscriptions/${subscriptionId}/keys/reveal`;
  const { primaryKey, clientKeys } = (await manage('POST', reveal, undefined, { as: DEVELOPER })).json<{
    primaryKey: string;
    clientKeys: { apiId: string; clientKey: string }[];
  }>();
  const headers = {
    'ocp-apim-subscription-key': primaryKey,
    'client-key': clientKeys.find(({ apiId }) => apiId === DEMO_API_IDS.payments.sandbox)?.clientKey ?? '',
    authorization: `Bearer ${await machineToken(deployment.dataDir, deployment.issuer)}`,
  };
  expect((await deployment.call('payments', 'sandbox', { path: '/v1/payments', headers })).status).toBe(200);
});

test('what turned a mail off stays off, and a mail that comes back is the last', async () => {
  const off = { approvals: 'off', decisions: 'off', expiring: 'off', leaked: 'off', newNetwork: 'off' };
  expect((await deployment.manage('PUT', '/me/notifications', off, { as: ADMIN })).status).toBe(200);
  const invite = async (email: string) =>
    deployment.manage('POST', '/tenants/tenant_acme/invitations', { email, role: 'developer' });
  const email = 'bounce@simulator.amazonses.com';
  const { invitation } = (await invite(email)).json<{ invitation: { invitationId: string } }>();
  await mailTo(email, 'You are invited');
  await deployment.manage('DELETE', `/tenants/tenant_acme/invitations/${invitation.invitationId}`);
  await sleep(1000);
  await invite(email);
  await invite('grace@example.com');
  await mailTo('grace@example.com', 'You are invited');
  const { items } = (await (await mailbox(`?to=${email}`)).json()) as { items: Mail[] };
  expect(items).toHaveLength(1);
});

test('a mail can be read as its reader would, sealed off from the portal', async () => {
  const { id, html, text } = await mailTo(DEVELOPER, 'You are invited');
  const page = await mailbox(`/${id}/html`);
  expect(await page.text()).toBe(html);
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
  expect(await (await mailbox(`/${id}/text`)).text()).toBe(text);
  const list = await fetch(`${deployment.managementUrl}/keywright-local/mail`, {
    headers: { accept: 'text/html' },
  });
  expect(await list.text()).toContain(`/keywright-local/mail/${id}`);
  expect((await mailbox('/00000000-0000-4000-8000-000000000000')).status).toBe(404);
});
