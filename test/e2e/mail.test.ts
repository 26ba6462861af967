import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalDeployment, startDeployment } from '../support/deployment.ts';
import { machineToken } from '../support/machine-token.ts';
import { type Mail, tellSubscribersStory } from '../support/subscriber-story.ts';

const ADMIN = 'admin@keywright.test';
const DEVELOPER = 'developer@keywright.test';

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
  const { manage, call, managementUrl, dataDir, issuer } = deployment;
  await tellSubscribersStory({
    manage: manage.bind(deployment),
    call: call.bind(deployment),
    portalUrl: managementUrl,
    mailTo,
    machineToken: () => machineToken(dataDir, issuer),
  });
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
