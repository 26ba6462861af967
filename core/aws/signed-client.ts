import { type AwsAttempt, type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import { sender } from './post.ts';
import { type Patience, resilientCall } from './resilient-call.ts';
import { signedHeaders } from './signature.ts';

const PROTOCOL = {
  'cognito-idp': { target: 'AWSCognitoIdentityProviderService', contentType: 'application/x-amz-json-1.1' },
  dynamodb: { target: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
  secretsmanager: { target: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
  kms: { target: 'TrentService', contentType: 'application/x-amz-json-1.1' },
  logs: { target: 'Logs_20140328', contentType: 'application/x-amz-json-1.1' },
  sqs: { target: 'AmazonSQS', contentType: 'application/x-amz-json-1.0' },
};
type SignedService = Omit<AwsService, 'service'> & { readonly service: keyof typeof PROTOCOL };

const SKEWED = new Set(['RequestTimeTooSkewed', 'InvalidSignatureException', 'SignatureDoesNotMatch']);
const SKEW_WORTH_CORRECTING_MILLISECONDS = 60_000;

/**
 * A client for one AWS JSON service that loads in a tenth of the SDK's time: it signs (Signature
 * Version 4) and sends over kept-alive connections. Calls behave as `resilientCall` says.
 */
export function signedClient(options: SignedService & Patience): AwsCall {
  return resilientCall(signedAttempt(options), options);
}

function signedAttempt({
  service,
  region,
  credentials,
  now,
  ...options
}: SignedService & { now: () => number }): AwsAttempt {
  const endpoint = new URL(options.endpoint ?? `https://${service}.${region}.amazonaws.com`);
  const { target, contentType } = PROTOCOL[service];
  const send = sender(endpoint);
  let skewMilliseconds = 0;

  return async (operation, input, timeoutMilliseconds) => {
    const body = JSON.stringify(input);
    const headers = signedHeaders(
      {
        host: endpoint.host,
        'content-type': contentType,
        'content-length': `${Buffer.byteLength(body)}`,
        'x-amz-target': `${target}.${operation}`,
      },
      body,
      { service, region, ...credentials(), time: new Date(now() + skewMilliseconds) },
    );
    const { status, date, text } = await send(headers, body, timeoutMilliseconds);
    if (status === 200) return parsed(text);
    const error = errorOf(status, text);
    const skew = Date.parse(date ?? '') - now();
    if (SKEWED.has(error.name) && Math.abs(skew - skewMilliseconds) > SKEW_WORTH_CORRECTING_MILLISECONDS) {
      skewMilliseconds = skew;
      throw new AwsError('RequestTimeTooSkewed', error.status, error.message);
    }
    throw error;
  };
}

function parsed(text: string): Record<string, unknown> {
  const answer: unknown = JSON.parse(text);
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) {
    throw new TypeError('an answer that is no JSON object');
  }
  return answer as Record<string, unknown>;
}

function errorOf(status: number, text: string): AwsError {
  try {
    const { __type = 'UnknownError', message, Message, ...fields } = JSON.parse(text);
    const name = String(__type).split('#').pop() ?? 'UnknownError';
    return new AwsError(name, status, String(message ?? Message ?? ''), fields);
  } catch {
    return new AwsError('UnknownError', status, `status ${status} with a body that is not JSON`);
  }
}
