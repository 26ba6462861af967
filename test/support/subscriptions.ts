import type { Subscription } from '../../core/domain/products/subscription.ts';
import type { TestManagement } from './management.ts';

export const TENANT_ID = 'tenant_acme';

export const DEVELOPER = {
  sub: 'person-developer',
  email: 'developer@keywright.test',
  'keywright:role': 'developer',
  'keywright:tenants': `[${TENANT_ID}]`,
  amr: '[pwd otp mfa]',
};

/** The tenant, an API, and two products on it: one waits for approval, the other doesn't. */
export async function createProducts(
  management: TestManagement,
): Promise<{ approved: string; immediate: string }> {
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT_ID, name: 'Acme' } });
  const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  const product = async (requiresApproval: boolean): Promise<string> => {
    const body = { name: 'Payments', apiIds: [apiId], requiresApproval };
    return (await management.call('POST /v1/products', { body })).body.productId;
  };
  return { approved: await product(true), immediate: await product(false) };
}

/** Whether two texts are a subscription's keys, as an authorizer would find out. */
export async function areTheKeys(
  management: TestManagement,
  subscriptionId: string,
  shown: { readonly primaryKey: string; readonly secondaryKey: string },
): Promise<boolean> {
  const { digests } = (await management.subscriptions.get(subscriptionId)) as Subscription;
  return (
    management.pepper.verifies(shown.primaryKey, digests.primary) &&
    management.pepper.verifies(shown.secondaryKey, digests.secondary)
  );
}
