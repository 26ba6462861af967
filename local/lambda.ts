import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { InvocationReply, InvocationRequest } from './lambda-worker.ts';

/** How long a function may take to load, as on Lambda. */
const INIT_SECONDS = 10;

/** A Lambda function on this machine. */
export interface LambdaFunction {
  readonly name: string;
  /**
   * Runs the handler with the event as Lambda would pass it (through JSON) and returns what it returned
   * (through JSON). Waits while all instances are busy. Rejects with LambdaError when the handler
   * throws, takes too long or takes its environment down.
   */
  invoke(event: unknown): Promise<unknown>;
  /** Starts instances until there are `count`, and waits until they have loaded the function. */
  warm(count: number): Promise<void>;
  /** Ends all instances at once; what they were doing rejects. */
  stop(): Promise<void>;
}

/** A failed invocation, in the two words Lambda reports it: the error's name and its message. */
export class LambdaError extends Error {
  readonly errorType: string;
  readonly errorMessage: string;

  constructor(errorType: string, errorMessage: string) {
    super(`${errorType}: ${errorMessage}`);
    this.name = 'LambdaError';
    this.errorType = errorType;
    this.errorMessage = errorMessage;
  }
}

/** What a function is made of. */
export interface LambdaFunctionOptions {
  readonly name: string;
  /** Path of the `index.js` (CommonJS) that exports `handler`, an async function. */
  readonly bundle: string;
  /** The function's environment variables; nothing of this process's own reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** How many execution environments there may be at once; the function's reserved concurrency. */
  readonly instances: number;
  readonly memoryMegabytes?: number;
  /** Receives each line the function writes. */
  readonly log: (line: string) => void;
}

/**
 * A pool of execution environments, each a worker thread that handles one invocation at a time. They
 * start when needed, an idle one is preferred to a new one, and the one idle longest goes first, which
 * spreads calls over all of them as a busy function's do.
 */
export function startFunction(options: LambdaFunctionOptions): LambdaFunction {
  const all = new Set<Instance>();
  const idle: Instance[] = [];
  const waiting: PromiseWithResolvers<Instance>[] = [];
  let stopped = false;

  function start(): Instance {
    const instance = startInstance(options, () => {
      if (!all.delete(instance)) return;
      const i = idle.indexOf(instance);
      if (i >= 0) idle.splice(i, 1);
      if (waiting.length > 0 && !stopped) waiting.shift()?.resolve(start());
    });
    all.add(instance);
    return instance;
  }

  function acquire(): Promise<Instance> | Instance {
    const free = idle.shift();
    if (free) return free;
    if (all.size < options.instances) return start();
    const turn = Promise.withResolvers<Instance>();
    waiting.push(turn);
    return turn.promise;
  }

  function release(instance: Instance) {
    if (!all.has(instance)) return;
    const next = waiting.shift();
    if (next) next.resolve(instance);
    else idle.push(instance);
  }

  return {
    name: options.name,
    async invoke(event) {
      if (stopped)
        throw new LambdaError('ResourceNotFoundException', `The function ${options.name} has been stopped`);
      const payload = JSON.stringify(event ?? null);
      const instance = await acquire();
      try {
        return await instance.invoke(payload);
      } finally {
        release(instance);
      }
    },
    async warm(count) {
      const missing = Math.max(0, Math.min(count, options.instances) - all.size);
      const started = Array.from({ length: missing }, start);
      await Promise.all(started.map((instance) => instance.ready));
      for (const instance of started) release(instance);
    },
    async stop() {
      stopped = true;
      for (const turn of waiting.splice(0))
        turn.reject(new LambdaError('Runtime.ExitError', `The function ${options.name} has been stopped`));
      await Promise.all([...all].map((instance) => instance.terminate()));
    },
  };
}

interface Instance {
  /** Fulfilled when the bundle has been loaded; rejected with LambdaError when it can't be. */
  readonly ready: Promise<void>;
  invoke(payload: string): Promise<unknown>;
  terminate(): Promise<void>;
}

/** `gone` is called, perhaps more than once, when the instance can take no more invocations. */
function startInstance(options: LambdaFunctionOptions, gone: () => void): Instance {
  const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
    name: options.name,
    argv: [],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    env: environmentOf(options),
    stdout: true,
    stderr: true,
    workerData: { bundle: options.bundle },
  });
  for (const stream of [worker.stdout, worker.stderr]) createInterface(stream).on('line', options.log);

  let pending: PromiseWithResolvers<InvocationReply> = Promise.withResolvers();
  const fail = (error: LambdaError) => {
    gone();
    pending.reject(error);
    void worker.terminate();
  };
  worker.on('message', (reply: InvocationReply) => pending.resolve(reply));
  worker.on('error', (error) => fail(new LambdaError(error.name, error.message)));
  worker.on('exit', (code) =>
    fail(new LambdaError('Runtime.ExitError', `Runtime exited with error: exit status ${code}`)),
  );

  /** Waits for the worker's next message, and takes the worker down when it does not come in time. */
  async function reply(seconds: number, late: () => LambdaError): Promise<unknown> {
    const timer = setTimeout(() => {
      const error = late();
      options.log(error.errorMessage);
      fail(error);
    }, seconds * 1000);
    try {
      const answer = await pending.promise;
      if ('errorType' in answer) throw new LambdaError(answer.errorType, answer.errorMessage);
      return JSON.parse(answer.result);
    } finally {
      clearTimeout(timer);
    }
  }

  const ready = reply(
    INIT_SECONDS,
    () => new LambdaError('Sandbox.Timedout', `${options.name} did not load within ${INIT_SECONDS} seconds`),
  ).then(() => undefined);
  // A failed start is reported to whoever waits for it; without this it would also end the process.
  ready.catch(fail);

  return {
    ready,
    async invoke(payload) {
      await ready;
      const requestId = randomUUID();
      pending = Promise.withResolvers();
      const deadline = Date.now() + options.timeoutSeconds * 1000;
      worker.postMessage({ requestId, payload, deadline } satisfies InvocationRequest);
      return reply(options.timeoutSeconds, () => {
        const seconds = options.timeoutSeconds.toFixed(2);
        const message = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
        return new LambdaError('Sandbox.Timedout', message);
      });
    },
    async terminate() {
      await worker.terminate();
    },
  };
}

/** The function's own variables and those that Lambda sets; a function can't override the latter. */
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
    LAMBDA_TASK_ROOT: bundle.replace(/[\\/][^\\/]*$/, ''),
  };
}
