import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { approvalId, approvalShape, approvalState } from './approval-shape.ts';
import { cursor, limit, pageOf, tenantId } from './fields.ts';
import { keyWithSecret, repeatedKey } from './key-schemas.ts';
import { invitationWithToken } from './member-schemas.ts';
import { regeneratedKey, repeatedSubscription, shownKeys } from './subscription-schemas.ts';

const approvalPath = z.object({ approvalId });
const noBody = z.strictObject({});

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
  approveApproval: {
    summary: 'Approve another admin’s operation; what shows no secret is carried out at once',
    path: approvalPath,
    body: noBody,
    answers: { 200: approvalShape },
  },
  rejectApproval: {
    summary: 'Reject another admin’s operation',
    path: approvalPath,
    body: noBody,
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
