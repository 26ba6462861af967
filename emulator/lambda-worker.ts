/** One execution environment: loads a function's bundle once and runs one invocation at a time. */
import { createRequire, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isNativeError } from 'node:util/types';
import { parentPort, workerData } from 'node:worker_threads';

export interface InvocationRequest {
  readonly requestId: string;
  /** The event as JSON. */
  readonly payload: string;
  /** When the invocation times out, in milliseconds since 1970. */
  readonly deadline: number;
}

/** The handler's result as JSON (also sent once, as `null`, when the bundle is loaded), or its error. */
export type InvocationReply =
  | { readonly result: string }
  | { readonly errorType: string; readonly errorMessage: string };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const port = parentPort;
if (port === null) throw new Error('lambda-worker.ts runs in a worker thread only; use startFunction.');

const { bundle } = workerData as { bundle: string };
const answer = async (run: () => Promise<unknown>) => port.postMessage(await outcome(run));

let handler: Handler | undefined;
await answer(async () => {
  handler = loadHandler(bundle);
});

port.on('message', ({ requestId, payload, deadline }: InvocationRequest) =>
  answer(async () => handler?.(JSON.parse(payload), contextOf(requestId, deadline))),
);

async function outcome(run: () => Promise<unknown>): Promise<InvocationReply> {
  try {
    return { result: JSON.stringify((await run()) ?? null) };
  } catch (error) {
    if (isNativeError(error)) return { errorType: error.name, errorMessage: error.message };
    return { errorType: typeof error, errorMessage: String(error) };
  }
}

/** Loads the bundle as CommonJS, as Lambda does, whatever package.json lies above it on this machine. */
function loadHandler(path: string): Handler {
  const bundleUrl = pathToFileURL(path).href;
  registerHooks({
    load: (url, context, next) => next(url, url === bundleUrl ? { ...context, format: 'commonjs' } : context),
  });
  const { handler } = createRequire(bundleUrl)(path) as { handler?: unknown };
  if (typeof handler === 'function') return handler as Handler;
  const error = new Error(`index.handler is undefined or not exported in ${path}`);
  error.name = 'Runtime.HandlerNotFound';
  throw error;
}

function contextOf(awsRequestId: string, deadline: number) {
  const { env } = process;
  const functionName = env.AWS_LAMBDA_FUNCTION_NAME;
  return {
    awsRequestId,
    functionName,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: `arn:aws:lambda:${env.AWS_REGION}:000000000000:function:${functionName}`,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}
