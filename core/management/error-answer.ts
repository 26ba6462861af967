import * as z from 'zod';
import { DomainError, type ErrorCode, type Fault } from '../domain/ground/domain-error.ts';
import { MOST_DETAILS } from './input-faults.ts';
import type { Answer } from './operation.ts';

type AnswerCode = ErrorCode | 'internal_error';

/** The HTTP status and the error type of each code. */
export const ERRORS = {
  invalid_request: { status: 400, type: 'invalid_request_error' },
  unauthenticated: { status: 401, type: 'authentication_error' },
  forbidden: { status: 403, type: 'permission_error' },
  mfa_required: { status: 403, type: 'permission_error' },
  csrf: { status: 403, type: 'permission_error' },
  key_not_accepted: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  already_exists: { status: 409, type: 'invalid_request_error' },
  invalid_state: { status: 409, type: 'invalid_request_error' },
  conflict: { status: 409, type: 'invalid_request_error' },
  precondition_failed: { status: 412, type: 'invalid_request_error' },
  out_of_policy: { status: 422, type: 'invalid_request_error' },
  idempotency_mismatch: { status: 409, type: 'idempotency_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  internal_error: { status: 500, type: 'api_error' },
  dependency_unavailable: { status: 503, type: 'api_error' },
  authorizer_unavailable: { status: 503, type: 'api_error' },
} as const satisfies Readonly<Record<AnswerCode, { status: number; type: string }>>;
/** A status that the management API's functions answer where they refuse or fail. */
export type ErrorStatus = (typeof ERRORS)[AnswerCode]['status'];

const RETRY_AFTER_SECONDS = 2;

const faultShape = z.strictObject({
  param: z.string().optional(),
  message: z.string(),
  expected: z
    .string()
    .optional()
    .meta({ description: 'What would have been right; of every fault of a body' }),
  changedBy: z.string().optional().meta({ description: 'Who changed it meanwhile, as in the audit log' }),
  changedAt: z.iso.datetime().optional(),
});

export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(ERRORS) as AnswerCode[]),
    message: z.string().meta({ example: 'name: expected something to read' }),
    type: z.string().meta({ example: 'invalid_request_error' }),
    param: z.string().optional().meta({ description: 'The field, parameter or header that was wrong' }),
    details: z.array(faultShape).max(MOST_DETAILS).optional().meta({
      description:
        'Everything that is wrong with a body or query; for precondition_failed what was changed, for out_of_policy each rule',
    }),
    requestId: z.string().meta({ example: 'JKJaXmPLvHcESHA=' }),
  }),
});

/**
 * The answer to a request that failed. A failure that nobody expected says nothing about itself, except
 * that it is worth repeating where AWS was throttling or did not answer.
 */
export function errorAnswer(error: unknown, requestId: string): Answer {
  const { code, message, param, details: told } = expected(error);
  const { status, type } = ERRORS[code];
  const one = code === 'invalid_request' && param !== undefined ? [{ param, message }] : undefined;
  const details = told ?? one;
  return {
    status,
    ...(status === 503 && { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } }),
    ...(status === 401 && { headers: { 'www-authenticate': 'Bearer' } }),
    body: {
      error: {
        code,
        message,
        type,
        ...(param !== undefined && { param }),
        ...(details && { details }),
        requestId,
      },
    },
  };
}

interface Expected {
  readonly code: AnswerCode;
  readonly message: string;
  readonly param?: string | undefined;
  readonly details?: readonly Fault[] | undefined;
}

function expected(error: unknown): Expected {
  if (error instanceof DomainError) return error;
  if (isPassing(error)) {
    return {
      code: 'dependency_unavailable',
      message: 'A service that this needs did not answer; retry shortly',
    };
  }
  return { code: 'internal_error', message: 'Something went wrong; the requestId finds it in the logs' };
}

const PASSING_ERRORS: readonly string[] = [
  'TransactionConflictException',
  'ReplicatedWriteConflictException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
];
const PASSING_CODES = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** Whether AWS refused for the moment or could not be reached. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DomainError) return error.code === 'dependency_unavailable';
  const { code, $fault } = error as { code?: unknown; $fault?: unknown };
  return (
    PASSING_ERRORS.includes(error.name) ||
    $fault === 'server' ||
    (typeof code === 'string' && PASSING_CODES.test(code))
  );
}
