import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { tagOf } from '../../core/domain/ground/entity-tag.ts';
import { found, foundPart } from '../../core/domain/ground/not-found.ts';
import { importedUseOf } from '../../core/domain/imports/imported-key.ts';
import { NOBODY_ROTATES } from '../../core/domain/keys/rotation-binding.ts';
import type { Admitted } from '../../core/domain/people/person.ts';
import { isFinal } from '../../core/domain/products/subscription.ts';
import { countImported } from '../../core/management/import-counts.ts';
import { type Operations, operation, tagged } from '../../core/management/operation.ts';
import { rotationSchemas } from '../../core/management/schemas/rotation-schemas.ts';
import { subscriptionSchemas as schemas } from '../../core/management/schemas/subscription-schemas.ts';
import { answerOfSubscription, factsFor } from '../../core/management/subscription-plan.ts';
import { changeSubscription, showKeys } from './change-subscription.ts';
import { createSubscription } from './create-subscription.ts';
import type { SubscriptionDependencies } from './dependencies.ts';
import { importSubscriptions } from './import-subscriptions.ts';
import { listSubscriptions } from './list-subscriptions.ts';
import { readSubscription } from './read-subscription.ts';

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
      return answerOfSubscription(200, subscription, await factsFor([subscription], dependencies));
    },
  ),
  updateSubscription: operation(
    schemas.updateSubscription,
    (request, dependencies: SubscriptionDependencies) => {
      const { body, person } = request;
      if (body.limits !== undefined) requireOperator(person);
      return changeSubscription({ operation: 'updateSubscription', body }, request, dependencies);
    },
  ),
  withdrawSubscription: operation(
    schemas.withdrawSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'withdrawSubscription', body: request.body }, request, dependencies),
  ),
  approveSubscription: operation(
    schemas.approveSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'approveSubscription', body: request.body }, request, dependencies),
  ),
  rejectSubscription: operation(
    schemas.rejectSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'rejectSubscription', body: request.body }, request, dependencies),
  ),
  suspendSubscription: operation(
    schemas.suspendSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'suspendSubscription', body: request.body }, request, dependencies),
  ),
  resumeSubscription: operation(
    schemas.resumeSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'resumeSubscription', body: request.body }, request, dependencies),
  ),
  cancelSubscription: operation(
    schemas.cancelSubscription,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'cancelSubscription', body: request.body }, request, dependencies),
  ),
  getSubscriptionRotation: operation(
    rotationSchemas.getSubscriptionRotation,
    async (request, dependencies: SubscriptionDependencies) => {
      const subscription = await readSubscription(request, dependencies);
      return tagged(tagOf(subscription), {
        status: 200,
        body: foundPart(subscription.rotation, NOBODY_ROTATES),
      });
    },
  ),
  putSubscriptionRotation: operation(
    rotationSchemas.putSubscriptionRotation,
    (request, dependencies: SubscriptionDependencies) =>
      changeSubscription({ operation: 'putSubscriptionRotation', body: request.body }, request, dependencies),
  ),
  deleteSubscriptionRotation: operation(
    rotationSchemas.deleteSubscriptionRotation,
    async (request, dependencies: SubscriptionDependencies) => {
      await changeSubscription({ operation: 'deleteSubscriptionRotation', body: {} }, request, dependencies);
      return { status: 204 };
    },
  ),
  revealSubscriptionKeys: operation(
    schemas.revealSubscriptionKeys,
    (request, dependencies: SubscriptionDependencies) =>
      showKeys({ operation: 'revealSubscriptionKeys', body: request.body }, request, dependencies),
  ),
  regenerateSubscriptionKey: operation(
    schemas.regenerateSubscriptionKey,
    (request, dependencies: SubscriptionDependencies) => {
      const { slot } = request.path;
      return showKeys({ operation: 'regenerateSubscriptionKey', body: { slot } }, request, dependencies);
    },
  ),
};

/** Who subscribes must not choose what a plan is worth: it is the operator's to give. @throws DomainError `forbidden` */
function requireOperator({ role, tenants }: Admitted): void {
  if (role === 'admin' && tenants === '*') return;
  throw new DomainError(
    'forbidden',
    'Limits of a subscription’s own are for admins who act for every tenant; ask them',
    { param: 'limits' },
  );
}
