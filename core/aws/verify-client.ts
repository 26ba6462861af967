import { type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import { type Patience, resilientCall } from './resilient-call.ts';
import { signedPost } from './signed-post.ts';

/**
 * A client of Keywright's own `POST /v1/verify`, as IAM lets a backend call it. Calls behave as
 * `resilientCall` says; one that had no answer in time may have spent what it asked for. A question that is
 * wrong itself, by a cost above a limit for instance, has the result that it would have in a batch.
 * @param url where it is on AWS
 * @param options.endpoint another place to reach the management API at; undefined for `url`'s own
 */
export function verifyClient(url: string, options: Omit<AwsService, 'service'> & Patience): AwsCall {
  const { origin, pathname: path } = new URL(url);
  const endpoint = new URL(options.endpoint ?? origin);
  const post = signedPost({ ...options, service: 'execute-api', endpoint, path });
  return resilientCall(async (_, input, timeoutMilliseconds) => {
    const { status, text } = await post(input, timeoutMilliseconds);
    if (status === 200) return JSON.parse(text);
    if (status === 400) return faultIn(text);
    throw new AwsError(
      status === 429 ? 'TooManyRequestsException' : 'VerifyRefused',
      status,
      `status ${status}: ${codeIn(text)}`,
    );
  }, options);
}

/** What is wrong with a question, as a batch's result would have it. @throws SyntaxError for what is no answer of ours */
function faultIn(text: string): Record<string, unknown> {
  const { code, param, message } = Object(Object(JSON.parse(text)).error);
  return { valid: false, code, param, message };
}

/** An error's code and where it lies, and nothing that was sent. */
function codeIn(text: string): string {
  try {
    const { code, param } = Object(JSON.parse(text)).error;
    return [code, param].filter((part) => typeof part === 'string').join(' ');
  } catch {
    return 'of the gateway';
  }
}
