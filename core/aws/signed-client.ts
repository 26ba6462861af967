import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
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
import { signedHeaders } from './signature.ts';

const PROTOCOL = {
  dynamodb: { target: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
  secretsmanager: { target: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
  kms: { target: 'TrentService', contentType: 'application/x-amz-json-1.1' },
  logs: { target: 'Logs_20140328', contentType: 'application/x-amz-json-1.1' },
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

interface Answer {
  readonly status: number;
  readonly date: string | undefined;
  readonly text: string;
}

/** Posts a body and gives the whole answer, or an error when that takes too long; follows no redirects. */
function sender(endpoint: URL) {
  const secure = endpoint.protocol === 'https:';
  const agent = connections(secure);
  const address = { agent, host: endpoint.hostname, port: endpoint.port, path: '/', method: 'POST' };
  return async (
    headers: Record<string, string>,
    body: string,
    timeoutMilliseconds: number,
  ): Promise<Answer> => {
    try {
      return await new Promise<Answer>((resolve, reject) => {
        const request = (secure ? httpsRequest : httpRequest)({ ...address, headers }, (response) =>
          readAnswer(response).then(resolve, reject),
        );
        const stopTimer = attemptTimer(timeoutMilliseconds, (error) => request.destroy(error));
        request.on('error', reject).on('close', stopTimer);
        request.end(body);
      });
    } catch (error) {
      dropIdle(agent);
      throw error;
    }
  };
}

function readAnswer(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > LARGEST_ANSWER_BYTES) {
        response.destroy(new Error(`an answer of more than ${LARGEST_ANSWER_BYTES} bytes`));
      }
      chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        date: response.headers.date,
        text: Buffer.concat(chunks).toString(),
      }),
    );
  });
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
