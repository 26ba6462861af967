/** One call of an AWS JSON service, such as DynamoDB's `BatchGetItem`, repeated where that may help. */
export type AwsCall = (operation: string, input: object) => Promise<Record<string, unknown>>;

/**
 * One attempt at a call. Two adapters make attempts, `signed-client.ts` and `sdk-client.ts`, and pass the
 * same tests; `resilient-call.ts` makes calls of them.
 * @throws AwsError when the service refuses; another Error when it can't be reached, or answers nonsense
 */
export type AwsAttempt = (
  operation: string,
  input: object,
  timeoutMilliseconds: number,
) => Promise<Record<string, unknown>>;

/** What an adapter must know of the service that it calls. */
export interface AwsService {
  readonly service: 'dynamodb' | 'secretsmanager';
  readonly region: string;
  /** Base URL; the service's regional endpoint when undefined. */
  readonly endpoint: string | undefined;
  readonly credentials: () => {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string | undefined;
  };
}

const RETRYABLE = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'InternalServerError',
  'ReplicatedWriteConflictException',
  'RequestTimeTooSkewed',
  'RequestTimeout',
]);

/** What an answer may measure at most; `BatchGetItem` gives up to 16 MB, and we ask for a few small items. */
export const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** An AWS service's refusal. `name` is the service's error type, without its namespace. */
export class AwsError extends Error {
  readonly status: number;
  /** Whether the same call may fare better in a moment. */
  readonly retryable: boolean;
  /** What else the refusal's body holds, such as the `Item` that failed a condition. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(name: string, status: number, message: string, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.fields = fields;
    this.retryable = status >= 500 || RETRYABLE.has(name);
  }
}
