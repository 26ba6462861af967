import { type AwsAttempt, type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import { sender } from './post.ts';
import { type Patience, resilientCall } from './resilient-call.ts';
import { signedHeaders } from './signature.ts';

/** Lambda's answer to an event that it took. */
const ACCEPTED = 202;

/**
 * A client that hands events to one Lambda function and does not wait for what becomes of them: its one
 * operation is `Invoke`, of invocation type `Event` (docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
 * Calls behave as `resilientCall` says.
 */
export function lambdaClient(functionName: string, options: Omit<AwsService, 'service'> & Patience): AwsCall {
  return resilientCall(invocation(functionName, options), options);
}

function invocation(
  functionName: string,
  { region, credentials, now, ...options }: Omit<AwsService, 'service'> & Pick<Patience, 'now'>,
): AwsAttempt {
  if (!/^[\w-]{1,64}$/.test(functionName))
    throw new TypeError('a function’s name is 1 to 64 of A-Z a-z 0-9 _ -');
  const endpoint = new URL(options.endpoint ?? `https://lambda.${region}.amazonaws.com`);
  const path = `/2015-03-31/functions/${functionName}/invocations`;
  const send = sender(endpoint, path);
  return async (operation, input, timeoutMilliseconds) => {
    const body = JSON.stringify(input);
    const headers = signedHeaders(
      {
        host: endpoint.host,
        'content-type': 'application/json',
        'content-length': `${Buffer.byteLength(body)}`,
        'x-amz-invocation-type': 'Event',
      },
      body,
      { service: 'lambda', region, ...credentials(), time: new Date(now()) },
      { method: 'POST', path, query: '' },
    );
    const { status } = await send(headers, body, timeoutMilliseconds);
    if (status === ACCEPTED) return {};
    throw new AwsError(
      status === 429 ? 'TooManyRequestsException' : 'InvocationRefused',
      status,
      `${operation} of ${functionName}: status ${status}`,
    );
  };
}
