import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { type Idempotency, newItemId } from '../../core/domain/ground/idempotency.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import type { InvitationInput } from '../../core/domain/tenants/invitation.ts';
import { isPassing } from '../../core/management/error-answer.ts';
import { planInvitation } from '../../core/management/member-plan.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { doOrWait } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import { readRows } from '../../core/management/row-import.ts';
import {
  type InvitationResult,
  invitationRow,
  type memberSchemas,
} from '../../core/management/schemas/member-schemas.ts';
import type { MemberDependencies } from './dependencies.ts';

/** Invites somebody, or lets that wait; the link is mailed, or shown to who asked, this once. */
export function createInvitation(
  request: OperationRequest<typeof memberSchemas.createInvitation>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  const { path, body, context } = request;
  const idempotency = idempotencyOfRequest('createInvitation', request);
  return invite(path.tenantId, body, context, dependencies, idempotency);
}

/** Invites many, one after another: each is a change of its own, and what is wrong with one stops no other. */
export async function importInvitations(
  { path, body, context }: OperationRequest<typeof memberSchemas.importInvitations>,
  dependencies: MemberDependencies,
): Promise<Answer> {
  const { tenants, now, randomBytes } = dependencies;
  found(await tenants.get(path.tenantId));
  const { good, bad } = readRows(body.rows, invitationRow);
  const results = bad.map((row): InvitationResult => ({ ...row, result: 'invalid' }) as InvitationResult);
  for (const { row, input } of good) {
    const time = now();
    const own = { ...context, now: time, eventId: eventId(time, randomBytes) };
    results.push({ row, ...(await resultOf(invite(path.tenantId, input, own, dependencies))) });
  }
  return { status: 200, body: { results: results.sort((a, b) => a.row - b.row) } };
}

async function invite(
  tenantId: string,
  body: InvitationInput,
  context: ChangeContext,
  dependencies: MemberDependencies,
  idempotency?: Idempotency,
): Promise<Answer> {
  const invitationId = `inv_${newItemId(idempotency, dependencies.randomBytes)}`;
  const what = { operation: 'createInvitation', body } as const;
  const plan = await planInvitation(what, { tenantId, invitationId }, dependencies, idempotency);
  return doOrWait(what, plan, context, dependencies, idempotency, { always: true });
}

async function resultOf(invited: Promise<Answer>): Promise<Omit<InvitationResult, 'row'>> {
  try {
    const { status, body } = await invited;
    const { invitation, approval, token, link } = body as Record<'invitation' | 'approval', never> &
      Partial<Record<'token' | 'link', string>>;
    if (status === 202)
      return { result: 'waiting', approvalId: (approval as { approvalId: string }).approvalId };
    const { invitationId } = invitation as { invitationId: string };
    return { result: 'invited', invitationId, ...(token && { token }), ...(link && { link }) };
  } catch (error) {
    if (isPassing(error))
      return { result: 'pending', message: 'It could not be done now; send this row again' };
    if (!(error instanceof DomainError)) throw error;
    const { code, message, param } = error;
    const result = code === 'already_exists' ? 'exists' : 'refused';
    return { result, message, ...(param !== undefined && { param }) };
  }
}
