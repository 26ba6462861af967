import { expect } from '@jest/globals';
import { DEMO_API_IDS } from '../../core/contract/demo.ts';
import type { Callers } from './deployment.ts';

/** A mail as its reader finds it. */
export interface Mail {
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What is around the story: one deployment or another. */
export interface Surroundings extends Pick<Callers, 'manage' | 'call'> {
  /** What links in mails begin with. */
  readonly portalUrl: string;
  /** The mail to somebody with this in its subject, as soon as it is there; absent where no mails are sent. */
  readonly mailTo?: (email: string, subject: string) => Promise<Mail>;
  /** A program's own token for the payments API. */
  readonly machineToken: () => Promise<string>;
}

const SECOND = 'second-admin@keywright.test';
const DEVELOPER = 'developer@keywright.test';
const TENANT = { tenantId: 'tenant_story', name: 'Story' };

/**
 * An admin invites a developer, who accepts, subscribes, is told of the approval, sees the keys and the client key, and
 * calls `payments`. Everybody comes with a second factor. Where no mails are sent the invitation's link is in its answer.
 */
export async function tellSubscribersStory(around: Surroundings): Promise<void> {
  // Who acts by the token alone is mailed once that was seen.
  expect((await around.manage('GET', '/me', undefined, { as: SECOND })).status).toBe(200);
  const token = await invite(around);
  const accept = (as: string) => around.manage('POST', '/invitations/accept', { token }, { as });
  expect((await accept(SECOND)).status).toBe(403);
  expect((await accept(DEVELOPER)).status).toBe(200);
  const subscriptionId = await subscribe(around);
  await decide(around, subscriptionId);
  await call(around, subscriptionId);
}

async function invite({ manage, portalUrl, mailTo }: Surroundings): Promise<string | undefined> {
  expect((await manage('POST', '/tenants', TENANT)).status).toBe(201);
  const invitation = { email: DEVELOPER, role: 'developer' };
  const invited = await manage('POST', `/tenants/${TENANT.tenantId}/invitations`, invitation);
  expect(invited.status).toBe(201);
  const answer = invited.json<{ token?: string }>();
  if (mailTo === undefined) return answer.token;
  expect(Object.keys(answer)).toEqual(['invitation']);
  const { text, html } = await mailTo(DEVELOPER, 'You are invited to “Story”');
  const link = `${portalUrl}/invitations#token=`;
  const token = text.split(link)[1]?.split(/\s/)[0];
  expect(html).toContain(`${link}${token}`);
  return token;
}

async function subscribe({ manage }: Surroundings): Promise<string> {
  const { items } = (await manage('GET', '/products', undefined, { as: DEVELOPER })).json<{
    items: {
      productId: string;
      environment: string;
      requiresApproval: boolean;
      termsVersion: string | null;
    }[];
  }>();
  const { productId, termsVersion } =
    items.find(({ environment, requiresApproval }) => environment === 'sandbox' && requiresApproval) ?? {};
  const body = { tenantId: TENANT.tenantId, productId, name: 'Shop', ...(termsVersion && { termsVersion }) };
  const requested = await manage('POST', '/subscriptions', body, { as: DEVELOPER });
  expect(requested.status).toBe(201);
  const { subscriptionId, state } = requested.json<{ subscriptionId: string; state: string }>();
  expect(state).toBe('pending');
  return subscriptionId;
}

async function decide({ manage, mailTo }: Surroundings, subscriptionId: string): Promise<void> {
  await mailTo?.(SECOND, 'Waiting for you: a subscription “Shop”');
  const approve = `/subscriptions/${subscriptionId}/approve`;
  expect((await manage('POST', approve, {}, { as: SECOND })).status).toBe(200);
  const told = await mailTo?.(DEVELOPER, 'Your subscription “Shop” was approved');
  if (told !== undefined) {
    expect(told.text).toContain(`/subscriptions/${subscriptionId}`);
    expect(told.text).not.toMatch(/sub_(?:dev|live)_/);
  }
}

async function call(around: Surroundings, subscriptionId: string): Promise<void> {
  const reveal = `/subscriptions/${subscriptionId}/keys/reveal`;
  const { primaryKey, clientKeys } = (
    await around.manage('POST', reveal, undefined, { as: DEVELOPER })
  ).json<{
    primaryKey: string;
    clientKeys: { apiId: string; clientKey: string }[];
  }>();
  const headers = {
    'ocp-apim-subscription-key': primaryKey,
    'client-key': clientKeys.find(({ apiId }) => apiId === DEMO_API_IDS.payments.sandbox)?.clientKey ?? '',
    authorization: `Bearer ${await around.machineToken()}`,
  };
  expect((await around.call('payments', 'sandbox', { path: '/v1/payments', headers })).status).toBe(200);
}
