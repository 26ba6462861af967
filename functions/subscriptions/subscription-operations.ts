import { countImported, importedUseOf } from '../../core/domain/imported-key.ts';
import { found } from '../../core/domain/not-found.ts';
import { isFinal } from '../../core/domain/subscription.ts';
import {
  approveSubscription,
  cancelSubscription,
  rejectSubscription,
  resumeSubscription,
  suspendSubscription,
} from '../../core/domain/subscription-lifecycle.ts';
import { type Operations, operation } from '../../core/http/operation.ts';
import {
  presentSubscription,
  subscriptionSchemas as schemas,
} from '../../core/http/schemas/subscription-schemas.ts';
import { changeSubscription } from './change-subscription.ts';
import { createSubscription } from './create-subscription.ts';
import type { SubscriptionDependencies } from './dependencies.ts';
import { importSubscriptions } from './import-subscriptions.ts';
import { listSubscriptions } from './list-subscriptions.ts';
import { readSubscription } from './read-subscription.ts';
import { regenerateKey } from './regenerate-key.ts';
import { revealKeys } from './reveal-keys.ts';

export const subscriptionOperations: Operations<'subscriptions', SubscriptionDependencies> = {
  createSubscription: operation(schemas.createSubscription, createSubscription),
  importSubscriptions: operation(schemas.importSubscriptions, importSubscriptions),
  getSubscriptionImport: operation(
    schemas.getSubscriptionImport,
    async ({ path }, { subscriptions, tenants }: SubscriptionDependencies) => {
      found(await tenants.get(path.tenantId));
      const imported = subscriptions.imported(path.tenantId);
      const body = await countImported(imported, (each) => importedUseOf(each, isFinal(each)));
      return { status: 200, body };
    },
  ),
  listSubscriptions: operation(schemas.listSubscriptions, listSubscriptions),
  getSubscription: operation(
    schemas.getSubscription,
    async (request, dependencies: SubscriptionDependencies) => {
      const subscription = await readSubscription(request, dependencies);
      const lastUse = await dependencies.lastUses.lastUseOf(subscription.subscriptionId);
      return { status: 200, body: presentSubscription(subscription, lastUse) };
    },
  ),
  approveSubscription: operation(
    schemas.approveSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription(request, dependencies, (subscription, tenant) =>
        approveSubscription(subscription, tenant, request.occasion),
      ),
  ),
  rejectSubscription: operation(
    schemas.rejectSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription(request, dependencies, (subscription) =>
        rejectSubscription(subscription, request.body.reason, request.occasion),
      ),
  ),
  suspendSubscription: operation(
    schemas.suspendSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription(request, dependencies, (subscription) =>
        suspendSubscription(subscription, request.body.reason, request.occasion),
      ),
  ),
  resumeSubscription: operation(
    schemas.resumeSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription(request, dependencies, (subscription, tenant) =>
        resumeSubscription(subscription, tenant, request.occasion),
      ),
  ),
  cancelSubscription: operation(
    schemas.cancelSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription(request, dependencies, (subscription) =>
        cancelSubscription(subscription, request.body.reason, request.occasion),
      ),
  ),
  revealSubscriptionKeys: operation(schemas.revealSubscriptionKeys, revealKeys),
  regenerateSubscriptionKey: operation(schemas.regenerateSubscriptionKey, regenerateKey),
};
