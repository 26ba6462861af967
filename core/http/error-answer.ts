import * as z from 'zod';
import { DomainError, type ErrorCode } from '../domain/domain-error.ts';
import type { Answer } from './operation.ts';

type AnswerCode = ErrorCode | 'internal_error';

/** The HTTP status and the error type of each code. */
export const ERRORS: Readonly<Record<AnswerCode, { status: number; type: string }>> = {
  invalid_request: { status: 400, type: 'invalid_request_error' },
  unauthenticated: { status: 401, type: 'authentication_error' },
  forbidden: { status: 403, type: 'permission_error' },
  mfa_required: { status: 403, type: 'permission_error' },
  key_not_accepted: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'invalid_request_error' },
  already_exists: { status: 409, type: 'invalid_request_error' },
  invalid_state: { status: 409, type: 'invalid_request_error' },
  conflict: { status: 409, type: 'invalid_request_error' },
  idempotency_mismatch: { status: 409, type: 'idempotency_error' },
  body_too_large: { status: 413, type: 'invalid_request_error' },
  unsupported_media_type: { status: 415, type: 'invalid_request_error' },
  internal_error: { status: 500, type: 'api_error' },
  dependency_unavailable: { status: 503, type: 'api_error' },
};

const RETRY_AFTER_SECONDS = 2;

export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(ERRORS) as AnswerCode[]),
    message: z.string(),
    type: z.string(),
    param: z.string().optional().meta({ description: 'The field, parameter or header that was wrong' }),
    requestId: z.string(),
  }),
});

/**
 * The answer to a request that failed. A failure that nobody expected says nothing about itself, except
 * that it is worth repeating where AWS was throttling or did not answer.
 */
export function errorAnswer(error: unknown, requestId: string): Answer {
  const { code, message, param } = expected(error);
  const { status, type } = ERRORS[code];
  return {
    status,
    ...(status === 503 && { headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } }),
    ...(status === 401 && { headers: { 'www-authenticate': 'Bearer' } }),
    body: { error: { code, message, type, ...(param !== undefined && { param }), requestId } },
  };
}

function expected(error: unknown): { code: AnswerCode; message: string; param?: string | undefined } {
  if (error instanceof DomainError) return error;
  if (isPassing(error)) {
    return {
      code: 'dependency_unavailable',
      message: 'A service that this needs did not answer; retry shortly',
    };
  }
  return { code: 'internal_error', message: 'Something went wrong; the requestId finds it in the logs' };
}

/** A field that nobody knows is named only where its name can be no key. */
const FIELD_NAME = /^[A-Za-z_-]{1,24}$/;

/** What is wrong with an input, for the caller: one thing, by name. Never repeats the value. */
export function invalidInput(error: z.ZodError): DomainError {
  // A misspelt field is also a missing one; its name says more.
  const issue = error.issues.find(({ code }) => code === 'unrecognized_keys') ?? error.issues[0];
  const path = (issue?.path ?? []).map(String);
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys;
    if (!FIELD_NAME.test(name)) {
      return new DomainError('invalid_request', 'A field is not known here; leave it out');
    }
    const param = [...path, name].join('.');
    return new DomainError('invalid_request', `${param} is not known here; leave it out`, { param });
  }
  const param = path.length > 0 ? path.join('.') : undefined;
  const message = issue?.message ?? 'Invalid input';
  return param === undefined
    ? new DomainError('invalid_request', message)
    : new DomainError('invalid_request', `${param}: ${message}`, { param });
}

const PASSING_ERRORS: readonly string[] = [
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TimeoutError',
];
const PASSING_CODES = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** Whether AWS refused for the moment or could not be reached. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, $fault } = error as { code?: unknown; $fault?: unknown };
  return (
    PASSING_ERRORS.includes(error.name) ||
    $fault === 'server' ||
    (typeof code === 'string' && PASSING_CODES.test(code))
  );
}
