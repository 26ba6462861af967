import type { KeyOperation } from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { planOnKey } from '../../core/management/key-plan.ts';
import type { Answer } from '../../core/management/operation.ts';
import { doOrWait } from '../../core/management/plan.ts';
import type { KeyDependencies } from './dependencies.ts';

interface KeyRequest {
  readonly path: { readonly tenantId: string; readonly keyId: string };
  readonly context: ChangeContext;
}

/** Does an operation that shows no secret, and answers with the key as it is then; or lets it wait. */
export async function changeKey(
  what: KeyOperation,
  { path, context }: KeyRequest,
  dependencies: KeyDependencies,
): Promise<Answer> {
  return doOrWait(what, await planOnKey(what, path, context, dependencies), context, dependencies);
}
