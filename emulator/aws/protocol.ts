/** Input of an operation: a parsed JSON body. */
export type Input = Readonly<Record<string, unknown>>;

/** One service: answers the operations it knows, throws AwsError for what a caller did wrong. */
export interface AwsService {
  handle(operation: string, input: Input): Promise<object>;
}

/** A service whose operations are methods and paths (REST-JSON). */
export interface RestService {
  /** HTTP status of what went well; 200 where it is absent. */
  readonly acceptedStatus?: number;
  handle(request: {
    readonly method: string;
    readonly url: URL;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly input: Input;
  }): object;
}

/**
 * A failure as AWS JSON services report it: `type` becomes `__type`, `fields` join the body (DynamoDB
 * returns the `Item` that failed a condition there). `status` is the HTTP status.
 */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;
  readonly fields: Input;

  constructor(type: string, message: string, options: { status?: number; fields?: Input } = {}) {
    super(message);
    this.name = 'AwsError';
    this.type = type;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
  }
}

/** The answer to an operation that is not implemented here: it must be noticed, not worked around. */
export function unknownOperation(service: string, operation: string): AwsError {
  return new AwsError(
    'UnknownOperationException',
    `${service} ${operation} is not available on this machine; it has only the operations Keywright uses`,
  );
}

/** Picks an operation out of a service's table by its wire name. */
export function operationOf<T>(operations: Readonly<Record<string, T>>, service: string, name: string): T {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) throw unknownOperation(service, name);
  return operation;
}

/** A string member of the input; `ValidationException` when it is missing or something else. */
export function requiredString(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string' && value !== '') return value;
  const wire = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value null at '${wire}' failed to satisfy constraint: Member must not be null`,
  );
}

/** A string member of the input that may be left out. */
export function optionalString(input: Input, member: string): string | undefined {
  return input[member] === undefined || input[member] === null ? undefined : requiredString(input, member);
}
