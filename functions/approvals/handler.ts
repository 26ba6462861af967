import { Logger } from '@aws-lambda-powertools/logger';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { deployedTable } from '../../core/aws/document-client.ts';
import { deployedSealedTexts } from '../../core/aws/sealed-text.ts';
import { deployedPepper } from '../../core/aws/secrets.ts';
import { ShowableKeys } from '../../core/aws/showable-keys.ts';
import { deployedUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import { ENV } from '../../core/contract/deployment.ts';
import { managementHandler } from '../../core/management/management-handler.ts';
import { ApiStore } from '../../core/store/api-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { MemberStore } from '../../core/store/member-store.ts';
import { ProductStore } from '../../core/store/product-store.ts';
import { SubscriptionStore } from '../../core/store/subscription-store.ts';
import { TenantStore } from '../../core/store/tenant-store.ts';
import { deployedDependencies, deployedInvitations } from '../../core/wiring/deployed-dependencies.ts';
import { approvalOperations } from './approval-operations.ts';
import { finishOverdue } from './finish-approval.ts';

/** What one may take, its retries included. */
const LAST_APPROVAL_MILLISECONDS = 5000;

const logger = new Logger();
const table = deployedTable();
const common = deployedDependencies(table);
const peppers = deployedPepper(new SecretsManagerClient({}), common.now);

const dependencies = {
  ...common,
  ...deployedInvitations(),
  approvals: new ApprovalStore(table),
  keys: new KeyStore(table),
  subscriptions: new SubscriptionStore(table),
  showableKeys: new ShowableKeys(deployedSealedTexts()),
  apis: new ApiStore(table),
  products: new ProductStore(table),
  tenants: new TenantStore(table),
  members: new MemberStore(table),
  lastUses: new LastUseStore(deployedTable(ENV.usageTable)),
  usagePlanKeys: deployedUsagePlanKeys(),
  pepper: (versions?: readonly string[]) => peppers.pepper(versions),
};
const manage = managementHandler(approvalOperations, dependencies);

/** A request of the management API, or the schedule that brings what was cut off to its end. */
export async function handler(event: Parameters<typeof manage>[0] | { routeKey?: never }, context: Context) {
  if (event.routeKey !== undefined) return manage(event, context);
  const { failed, ...report } = await finishOverdue(
    { ...dependencies, logger, due: new DueStore(table) },
    {
      requestId: context.awsRequestId,
      hasTime: () => context.getRemainingTimeInMillis() > LAST_APPROVAL_MILLISECONDS,
    },
  );
  if (report.examined > 0) logger.info('brought approvals to their end', { ...report, failed });
  // For the alarm on errors.
  if (failed > 0) throw new Error(`${failed} approvals could not be brought to their end`);
  return undefined;
}
