import type { ApiKey } from '../../core/domain/api-key.ts';
import { createKey, rotateKey } from '../../core/domain/api-key-lifecycle.ts';
import { type Mint, mintSecret } from '../../core/domain/api-key-secret.ts';
import {
  type Approval,
  claim,
  requireRequester,
  type SecretOperation,
  showsSecret,
  unfit,
} from '../../core/domain/approval.ts';
import type { Occasion } from '../../core/domain/audit-event.ts';
import { DomainError } from '../../core/domain/domain-error.ts';
import { eventId } from '../../core/domain/event-id.ts';
import { carryOut, isCarriedOut } from '../../core/domain/four-eyes.ts';
import { found } from '../../core/domain/not-found.ts';
import { withUsagePlanKey } from '../../core/domain/usage-plan.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { approvalSchemas } from '../../core/http/schemas/approval-schemas.ts';
import { presentKey } from '../../core/http/schemas/key-schemas.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { readApproval } from './read-approval.ts';

/** What is left to do of a claim: the write, and then the secret may be shown. */
interface Plan {
  readonly key: ApiKey;
  readonly text: string;
  readonly write: () => Promise<unknown>;
}

/**
 * Makes the secret that was approved and shows it, once, to who requested it. Like an approval these are
 * two writes; the second one, of the key, decides whose secret it is, and a second call after it is refused.
 */
export async function claimApproval(
  request: OperationRequest<typeof approvalSchemas.claimApproval>,
  dependencies: ApprovalDependencies,
): Promise<Answer> {
  const { occasion } = request;
  const { approvals, lastUses, keyFormat, randomBytes } = dependencies;
  const before = await readApproval(request, dependencies);
  requireRequester(before, occasion);
  if (!showsSecret(before)) {
    throw new DomainError('invalid_state', 'There is no secret to claim: the approval carries this out');
  }
  const change = claim(before, occasion);
  const mint = { keyFormat, randomBytes, pepper: await dependencies.pepper() };
  const own = { ...occasion, eventId: eventId(occasion.now, randomBytes) };
  const { key, text, write } = await plan(before, own, mint, dependencies);
  if (change !== undefined) await approvals.update(before, change);
  await write();
  const lastUse = await lastUses.lastUseOf(key.keyId);
  return { status: 200, body: { key: presentKey(key, occasion.now, lastUse), secret: text } };
}

/** @throws DomainError `invalid_state` when it does not fit any more or was carried out before */
async function plan(
  approval: Approval & SecretOperation,
  occasion: Occasion,
  mint: Mint,
  { keys, tenants, usagePlanKeys }: ApprovalDependencies,
): Promise<Plan> {
  const { tenantId, subject } = approval;
  const tenant = found(await tenants.get(tenantId));
  const existing = await keys.get(tenantId, subject.id);
  if (approval.operation === 'createKey') {
    if (existing !== undefined) throw unfit('claimed');
    const input = { ...approval.body, keyId: subject.id };
    const { text, secret } = mintSecret(input, mint);
    const change = carryOut(approval, occasion, () => createKey(tenant, input, secret, occasion));
    const created = await withUsagePlanKey(change, usagePlanKeys, mint.pepper);
    return { key: created.state, text, write: () => keys.create(created, undefined) };
  }
  const key = found(existing);
  if (isCarriedOut(key, approval)) throw unfit('claimed');
  const { text, secret } = mintSecret(key, mint);
  const input = { overlapSeconds: approval.body.overlapSeconds, secret };
  const change = carryOut(approval, occasion, () => rotateKey(key, tenant, input, occasion));
  return { key: change.state, text, write: () => keys.update(key, change) };
}
