import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import type { DynamoDb } from './dynamodb.ts';
import { currentInstance } from './instance.ts';
import { Kms } from './kms.ts';
import { type Network, type Service, ThrottlingError, TimeoutError, type Trouble } from './network.ts';
import type { Secrets } from './secrets.ts';

type Input = Readonly<Record<string, unknown>>;

/** How long the control plane's clients wait for one attempt, as `core/aws/document-client.ts` sets them. */
const ATTEMPT_MILLISECONDS = 2_000;
const MOST_ATTEMPTS = 3;
const BACKOFF_MILLISECONDS = 100;

type Command = { readonly input: Input };
/** A step of the SDK's, as far as the product adds any. */
type Next = (parameters: object) => Promise<{ readonly response: object; readonly output: object }>;
type Middleware = (next: Next) => Next;

/** Takes an event for a Lambda function that nobody waits for. */
export type OnInvoke = (event: unknown) => void;

/** AWS as it is reached: over the wire by the request plane, by the SDK's clients elsewhere. */
export class Wire {
  onInvoke: OnInvoke = () => undefined;
  readonly #network: Network;
  readonly #dynamodb: DynamoDb;
  readonly #secrets: Secrets;
  readonly #kms = new Kms();

  constructor(network: Network, dynamodb: DynamoDb, secrets: Secrets) {
    this.#network = network;
    this.#dynamodb = dynamodb;
    this.#secrets = secrets;
  }

  /** What `core/aws/post.ts` sends. */
  async post(
    endpoint: URL,
    _path: string,
    headers: Record<string, string>,
    body: string,
    timeoutMilliseconds: number,
  ): Promise<{ status: number; date: string | undefined; text: string }> {
    const service = endpoint.hostname.split('.')[0] as Service;
    const operation = headers['x-amz-target']?.split('.')[1] ?? 'Invoke';
    try {
      const answer = await this.#network.call(service, timeoutMilliseconds, (trouble) =>
        this.#wired(service, operation, JSON.parse(body), trouble),
      );
      return { status: answer.status, date: undefined, text: JSON.stringify(answer.body) };
    } catch (error) {
      if (!(error instanceof ThrottlingError)) throw error;
      const text = JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' });
      return { status: service === 'lambda' ? 429 : 400, date: undefined, text };
    }
  }

  /** A client of the SDK's, which tries again what may fare better in a moment. */
  client(service: 'dynamodb' | 'secretsmanager') {
    const answer = (operation: string, input: Input, trouble: Trouble | undefined) =>
      service === 'dynamodb'
        ? this.#dynamodb.document(operation, input, trouble)
        : this.#secrets.answer(operation, input);
    const middleware: Middleware[] = [];
    const middlewareStack = { add: (added: Middleware) => middleware.push(added) };
    const send = async (command: Command): Promise<object> => {
      const operation =
        OPERATIONS[command.constructor.name] ?? command.constructor.name.replace(/Command$/, '');
      for (let attempts = 1; ; attempts++) {
        try {
          return await this.#network.call(service, ATTEMPT_MILLISECONDS, (trouble) =>
            answer(operation, command.input, trouble),
          );
        } catch (error) {
          if (attempts === MOST_ATTEMPTS || !isWorthAnother(error)) throw error;
          await pause(BACKOFF_MILLISECONDS * 2 ** attempts);
        }
      }
    };
    const through = (command: Command) => this.#through(middleware, () => send(command));
    // biome-ignore lint/suspicious/noExplicitAny: it stands for clients of several services
    return { send: through, middlewareStack } as any;
  }

  /** An answer on its way through a client's middleware, which sees when it was given. */
  async #through(middleware: readonly Middleware[], send: () => Promise<object>): Promise<object> {
    const first: Next = async () => {
      const output = await send();
      return { response: { headers: { date: new Date(this.#network.now).toUTCString() } }, output };
    };
    return (await middleware.reduce<Next>((next, add) => add(next), first)({})).output;
  }

  /** What functions have encrypted and decrypted. */
  readonly kms: AwsCall = (operation, input) =>
    this.#network.call('kms', ATTEMPT_MILLISECONDS, () => this.#kms.answer(operation, Object(input)));

  #wired(service: Service, operation: string, input: Input, trouble: Trouble | undefined) {
    if (service === 'dynamodb') return this.#dynamodb.wire(operation, input, trouble);
    if (service === 'secretsmanager') return { status: 200, body: this.#secrets.answer(operation, input) };
    this.onInvoke(input);
    return { status: 202, body: {} };
  }
}

const OPERATIONS: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  BatchGetCommand: 'BatchGetItem',
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  TransactWriteCommand: 'TransactWriteItems',
};

function isWorthAnother(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) return false;
  const { code } = error as { code?: string };
  return error instanceof TimeoutError || error instanceof ThrottlingError || code === 'ECONNREFUSED';
}

function pause(most: number): Promise<void> {
  const instance = currentInstance();
  if (instance === undefined) throw new Error('nobody can pause outside of an instance');
  return new Promise((resolve) => instance.after(instance.chance.unit() * most, resolve));
}
