import type { components } from './openapi-types.ts';

type ErrorBody = components['schemas']['Error']['error'];

/** What was wrong with a part of a request; for `precondition_failed`, what was changed meanwhile. */
export type ErrorDetail = NonNullable<ErrorBody['details']>[number];

/** Codes of answers that come from what stands before the management API, or of no answer at all. */
type OtherCode = 'unreachable' | 'too_many_requests' | 'unexpected_answer';

/** What of an error is known; see `KeywrightError`. */
export interface ErrorFields {
  readonly code: ErrorBody['code'] | OtherCode;
  readonly message: string;
  readonly param?: string | undefined;
  readonly details?: readonly ErrorDetail[];
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** An answer of the management API that is no success, or that there was none. */
export class KeywrightError extends Error {
  override readonly name = 'KeywrightError';
  /** HTTP's, or 0 where nothing answered. */
  readonly status: number;
  readonly code: ErrorFields['code'];
  /** The field, parameter or header that was wrong. */
  readonly param: string | undefined;
  readonly details: readonly ErrorDetail[];
  /** By which the operator finds the request in the logs. */
  readonly requestId: string | undefined;
  /** Where the answer said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, error: ErrorFields) {
    super(error.message, error.cause === undefined ? undefined : { cause: error.cause });
    this.status = status;
    this.code = error.code;
    this.param = error.param;
    this.details = error.details ?? [];
    this.requestId = error.requestId;
    this.retryAfterSeconds = error.retryAfterSeconds;
  }
}

/** Answers of API Gateway's own have a message and no code. */
const CODE_BY_STATUS: Readonly<Record<number, KeywrightError['code']>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  413: 'body_too_large',
  429: 'too_many_requests',
  503: 'dependency_unavailable',
};

/** What an answer that is no success says. */
export async function errorOf(response: Response): Promise<KeywrightError> {
  const { status, headers } = response;
  const body = Object(await jsonOf(response)) as { error?: Partial<ErrorBody>; message?: unknown };
  const error: Partial<ErrorBody> = Object(body.error);
  const elsewhere = headers.get('location');
  const unsaid =
    elsewhere === null
      ? `The API answered ${status}`
      : `The address leads on to ${elsewhere}, and nothing is sent there`;
  const fallback = typeof body.message === 'string' ? body.message : unsaid;
  return new KeywrightError(status, {
    code: error.code ?? CODE_BY_STATUS[status] ?? 'unexpected_answer',
    message: error.message ?? fallback,
    param: error.param,
    details: error.details ?? [],
    requestId: error.requestId ?? headers.get('x-request-id') ?? headers.get('apigw-requestid') ?? undefined,
    retryAfterSeconds: retryAfterSeconds(response),
  });
}

/** Undefined where the answer does not say, or says it as a date: Keywright and API Gateway send seconds. */
export function retryAfterSeconds({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}
