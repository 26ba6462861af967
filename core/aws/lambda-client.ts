import { type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import { type Patience, resilientCall } from './resilient-call.ts';
import { signedPost } from './signed-post.ts';

/** Lambda's answer to an event that it took. */
const ACCEPTED = 202;
const THROTTLED = 429;

/**
 * A client that hands events to one Lambda function and does not wait for what becomes of them: its one
 * operation is `Invoke`, of invocation type `Event` (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
 * Calls behave as `resilientCall` says.
 */
export function lambdaClient(functionName: string, options: Omit<AwsService, 'service'> & Patience): AwsCall {
  if (!/^[\w-]{1,64}$/.test(functionName)) {
    throw new TypeError('a function’s name is 1 to 64 of A-Z, a-z, 0-9, _ and -');
  }
  const post = signedPost({
    ...options,
    service: 'lambda',
    endpoint: new URL(options.endpoint ?? `https://lambda.${options.region}.amazonaws.com`),
    path: `/2015-03-31/functions/${functionName}/invocations`,
    headers: { 'x-amz-invocation-type': 'Event' },
  });
  return resilientCall(async (operation, input, timeoutMilliseconds) => {
    const { status } = await post(input, timeoutMilliseconds);
    if (status === ACCEPTED) return {};
    const name = status === THROTTLED ? 'TooManyRequestsException' : 'InvocationRefused';
    throw new AwsError(name, status, `${operation} of ${functionName}: status ${status}`);
  }, options);
}
