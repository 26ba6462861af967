import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { LambdaError } from './lambda-error.ts';
import type { InvocationReply, InvocationRequest } from './lambda-worker.ts';

/** How long a function may take to load, as on Lambda. */
const INIT_SECONDS = 10;

/** What a result may have as JSON, in bytes: for some reason 100 more than an event. */
const LARGEST_RESULT = 6_291_556;

/** What a function is made of. */
export interface LambdaFunctionOptions {
  readonly name: string;
  /** Path of the `index.js` (CommonJS) that exports `handler`, an async function. */
  readonly bundle: string;
  /** The function's environment variables; nothing of this process's own reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** How many execution environments there may be at once: the function's reserved concurrency. */
  readonly instances: number;
  /** What the function is told of its memory; no bound is set. */
  readonly memoryMegabytes?: number;
  /** Receives each line that the function writes. */
  readonly log: (line: string) => void;
}

/** One execution environment: a worker thread that runs one invocation at a time. */
export class LambdaInstance {
  /** Fulfilled when the bundle has been loaded; rejected with LambdaError when it can't be. */
  readonly ready: Promise<void>;
  readonly #options: LambdaFunctionOptions;
  readonly #gone: () => void;
  readonly #worker: Worker;
  #reply: PromiseWithResolvers<InvocationReply> = Promise.withResolvers();

  /** `gone` is called, perhaps more than once, when the instance can take no more invocations. */
  constructor(options: LambdaFunctionOptions, gone: () => void) {
    this.#options = options;
    this.#gone = gone;
    this.#worker = startWorker(options);
    for (const stream of [this.#worker.stdout, this.#worker.stderr])
      createInterface(stream).on('line', options.log);
    this.#worker.on('message', (reply: InvocationReply) => this.#reply.resolve(reply));
    this.#worker.on('error', (error) => this.#fail(new LambdaError(error.name, error.message)));
    this.#worker.on('exit', (code) =>
      this.#fail(new LambdaError('Runtime.ExitError', `Runtime exited with error: exit status ${code}`)),
    );
    const late = `${options.name} did not load within ${INIT_SECONDS} seconds`;
    this.ready = this.#answer(INIT_SECONDS, late).then(() => undefined);
    // Whoever waits for it is told as well; unheard, the rejection would end the process.
    this.ready.catch((error) => this.#fail(error));
  }

  /** Runs the handler on an event in JSON. */
  async invoke(payload: string): Promise<unknown> {
    await this.ready;
    const requestId = randomUUID();
    const { timeoutSeconds } = this.#options;
    const deadline = Date.now() + timeoutSeconds * 1000;
    this.#reply = Promise.withResolvers();
    this.#worker.postMessage({ requestId, payload, deadline } satisfies InvocationRequest);
    const late = `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
    return this.#answer(timeoutSeconds, late);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Waits for the worker's next message, and takes the worker down when it does not come in time. */
  async #answer(seconds: number, late: string): Promise<unknown> {
    const timer = setTimeout(() => {
      this.#options.log(late);
      this.#fail(new LambdaError('Sandbox.Timedout', late));
    }, seconds * 1000);
    try {
      const answer = await this.#reply.promise;
      if ('errorType' in answer) throw new LambdaError(answer.errorType, answer.errorMessage);
      if (Buffer.byteLength(answer.result) > LARGEST_RESULT) {
        const what = `Response payload size exceeded maximum allowed payload size (${LARGEST_RESULT} bytes).`;
        throw new LambdaError('Function.ResponseSizeTooLarge', what);
      }
      return JSON.parse(answer.result);
    } finally {
      clearTimeout(timer);
    }
  }

  #fail(error: LambdaError): void {
    this.#gone();
    this.#reply.reject(error);
    void this.#worker.terminate();
  }
}

function startWorker(options: LambdaFunctionOptions): Worker {
  return new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    name: options.name,
    argv: [],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: environmentOf(options),
    stdout: true,
    stderr: true,
    workerData: { bundle: options.bundle },
  });
}

/** The function's own variables and those that Lambda sets, which a function's own can't replace. */
function environmentOf({ name, bundle, environment, memoryMegabytes = 128 }: LambdaFunctionOptions) {
  const region = environment.AWS_REGION ?? 'eu-central-1';
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    ...environment,
    _HANDLER: 'index.handler',
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: randomUUID(),
    AWS_REGION: region,
    LAMBDA_TASK_ROOT: dirname(bundle),
  };
}
