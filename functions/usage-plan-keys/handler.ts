import { deployedUsagePlanKeys } from '../../core/aws/usage-plan-keys.ts';
import type { AuditEvent } from '../../core/contract/events.ts';

const keys = deployedUsagePlanKeys();

/**
 * Deletes the API Gateway key of a credential that an event of the bus says has ended.
 * @throws AwsError when API Gateway throttles or fails; the event is then delivered again
 */
export const handler = ({ detail }: { readonly detail: Pick<AuditEvent, 'subject'> }): Promise<void> =>
  keys.remove(detail.subject.id);
