import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { approvalId, approvalShape, approvalState } from './approval-shape.ts';
import { cursor, limit, noBody, pageOf, remark, tenantId } from './fields.ts';
import { keyWithSecret, repeatedKey } from './key-shape.ts';
import { invitationWithToken } from './member-schemas.ts';
import { regeneratedKey, repeatedSubscription, shownKeys } from './subscription-schemas.ts';

const approvalPath = z.object({ approvalId });

export const approvalSchemas = {
  listApprovals: {
    summary: 'List operations that wait or waited for a second admin, newest first',
    query: z.strictObject({
      tenantId: tenantId.optional(),
      state: approvalState.optional(),
      carriedOut: z.enum(['true', 'false']).optional(),
      limit,
      cursor,
    }),
    answers: { 200: pageOf(approvalShape) },
  },
  getApproval: {
    summary: 'Read an operation that waits or waited for a second admin',
    path: approvalPath,
    answers: { 200: approvalShape },
  },
  approveApproval: {
    summary: 'Approve another admin’s operation; what shows no secret is carried out at once',
    path: approvalPath,
    body: noBody,
    answers: { 200: approvalShape },
  },
  rejectApproval: {
    summary: 'Reject another admin’s operation',
    path: approvalPath,
    body: z.strictObject({ reason: remark.optional() }),
    answers: { 200: approvalShape },
  },
  withdrawApproval: {
    summary: 'Take back what you asked for, also once it is approved and not claimed',
    path: approvalPath,
    body: z.strictObject({ reason: remark.optional() }),
    answers: { 200: approvalShape },
  },
  claimApproval: {
    summary: 'Carry out your own approved operation; the answer shows the secret',
    path: approvalPath,
    body: noBody,
    idempotent: true,
    answers: {
      200: z
        .union([
          keyWithSecret,
          invitationWithToken,
          shownKeys,
          regeneratedKey,
          repeatedKey,
          repeatedSubscription,
        ])
        .meta({ description: 'As the operation itself answers; to a repeat the record alone' }),
    },
  },
} as const satisfies Record<string, OperationSchema>;
