import { REQUEST_TOO_LARGE } from '../lambda-error.ts';

/** Calls a function. Rejects with an Error-like value whose `errorMessage` or `message` is the handler's. */
export type Invoke = (functionArn: string, event: unknown) => Promise<unknown>;

export type CallOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly errorMessage: string }
  /** Lambda did not take the event. */
  | { readonly kind: 'too large' }
  | { readonly kind: 'timed out' };

/** Calls a function and waits no longer than the gateway would. Never rejects. */
export async function callFunction(
  invoke: Invoke,
  functionArn: string,
  event: unknown,
  timeoutMilliseconds: number,
): Promise<CallOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<CallOutcome>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed out' }), timeoutMilliseconds);
  });
  try {
    return await Promise.race([call(invoke, functionArn, event), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The function's ARN from an integration's or authorizer's URI
 * (`arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations`) or from the bare ARN.
 */
export function functionArnOf(uri: string, stageVariables: Readonly<Record<string, string>>): string {
  const arn = /\/functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;
  return arn.replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => stageVariables[name] ?? '');
}

async function call(invoke: Invoke, functionArn: string, event: unknown): Promise<CallOutcome> {
  try {
    const value = await invoke(functionArn, event);
    // What Lambda hands on is JSON: undefined, dates and the like don't survive it.
    return { kind: 'returned', value: JSON.parse(JSON.stringify(value ?? null)) };
  } catch (error) {
    if (Object(error).errorType === REQUEST_TOO_LARGE) return { kind: 'too large' };
    return { kind: 'failed', errorMessage: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { errorMessage, message } = error as { errorMessage?: unknown; message?: unknown };
  return String(errorMessage ?? message ?? '');
}
