import { pipeline, type Readable, Transform } from 'node:stream';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { attemptTimer } from './attempt-timer.ts';
import {
  type AwsAttempt,
  type AwsCall,
  AwsError,
  type AwsService,
  LARGEST_ANSWER_BYTES,
} from './aws-call.ts';
import { connections, dropIdle } from './connections.ts';
import { type Patience, resilientCall } from './resilient-call.ts';

const COMMANDS = {
  dynamodb: {
    BatchGetItem: BatchGetItemCommand,
    GetItem: GetItemCommand,
    PutItem: PutItemCommand,
    UpdateItem: UpdateItemCommand,
  },
  secretsmanager: { GetSecretValue: GetSecretValueCommand },
};
const CLIENT = { dynamodb: DynamoDBClient, secretsmanager: SecretsManagerClient };

/** As much of the SDK's errors as tells a refusal from everything else. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number; readonly clockSkewCorrected?: boolean };
}

type Middleware = (
  next: (parameters: object) => Promise<{ response: { body: Readable } }>,
) => (parameters: object) => Promise<object>;

/** What both services' clients have in common, which their types can't say. */
interface SdkClient {
  readonly middlewareStack: { add(middleware: Middleware, options: object): void };
  send(command: unknown, options: { abortSignal: AbortSignal }): Promise<object>;
}

/**
 * The same calls by AWS's own SDK, its retries turned off in favour of ours. It does all that
 * `signed-client.ts` does, and takes longer to load and to call; docs/operate/performance.md has by how much.
 */
export function sdkClient(options: AwsService & Patience): AwsCall {
  return resilientCall(sdkAttempt(options), options);
}

function sdkAttempt({ service, region, endpoint, credentials }: AwsService): AwsAttempt {
  const agent = connections(endpoint === undefined || endpoint.startsWith('https:'));
  const client = new CLIENT[service]({
    region,
    ...(endpoint !== undefined && { endpoint }),
    credentials: async () => {
      const { sessionToken, ...pair } = credentials();
      return { ...pair, ...(sessionToken !== undefined && { sessionToken }) };
    },
    maxAttempts: 1,
    requestHandler: { httpAgent: agent, httpsAgent: agent },
  }) as unknown as SdkClient;
  client.middlewareStack.add(limitBody, { step: 'deserialize', priority: 'low', name: 'limitBody' });
  const commands: Readonly<Record<string, new (input: never) => unknown>> = COMMANDS[service];
  return async (operation, input, timeoutMilliseconds) => {
    const Command = commands[operation];
    if (Command === undefined) throw new TypeError(`${service} has no operation "${operation}" here`);
    const abort = new AbortController();
    const stopTimer = attemptTimer(timeoutMilliseconds, (error) => abort.abort(error));
    try {
      const output = await client.send(new Command(input as never), { abortSignal: abort.signal });
      const { $metadata, ...answer } = output as Record<string, unknown>;
      return answer;
    } catch (error) {
      const failure = failureOf(error as SdkError);
      if (!(failure instanceof AwsError)) dropIdle(agent);
      throw failure;
    } finally {
      stopTimer();
    }
  };
}

/** A refusal in our terms; any other error as it is. */
function failureOf(error: SdkError): Error {
  const { name, message, $fault, $metadata, ...fields } = error;
  const status = $metadata?.httpStatusCode;
  if ($metadata?.clockSkewCorrected) return new AwsError('RequestTimeTooSkewed', status ?? 400, message);
  if ($fault === undefined || status === undefined || status === 200) return error as Error;
  return new AwsError(name, status, message, fields);
}

/** Ends an answer that is longer than any we ask for. */
const limitBody: Middleware = (next) => async (parameters) => {
  const result = await next(parameters);
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes <= LARGEST_ANSWER_BYTES) done(null, chunk);
      else done(new Error(`an answer of more than ${LARGEST_ANSWER_BYTES} bytes`));
    },
  });
  // Whoever reads `limited` hears of its failure there.
  pipeline(result.response.body, limited, () => undefined);
  result.response.body = limited;
  return result;
};
