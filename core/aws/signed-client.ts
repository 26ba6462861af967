import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import aws4 from 'aws4';

/** One call of an AWS JSON service, such as DynamoDB's `BatchGetItem`. */
export type AwsCall = (operation: string, input: object) => Promise<Record<string, unknown>>;

export interface SignedClientOptions {
  readonly service: 'dynamodb' | 'secretsmanager';
  readonly region: string;
  /** Base URL; the service's regional endpoint when undefined. */
  readonly endpoint: string | undefined;
  readonly credentials: () => {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken: string | undefined;
  };
  /** How long one attempt may take. */
  readonly attemptMilliseconds: number;
  /** How long all attempts together may take. */
  readonly deadlineMilliseconds: number;
  readonly now: () => number;
  /** A number from 0 up to 1, for jitter. */
  readonly random: () => number;
}

/** An AWS service's refusal. `name` is the service's error type, without its namespace. */
export class AwsError extends Error {
  readonly status: number;
  readonly retryable: boolean;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
    this.retryable = status >= 500 || RETRYABLE.has(name);
  }
}

const PROTOCOL = {
  dynamodb: { target: 'DynamoDB_20120810', contentType: 'application/x-amz-json-1.0' },
  secretsmanager: { target: 'secretsmanager', contentType: 'application/x-amz-json-1.1' },
};
const RETRYABLE = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  'RequestTimeTooSkewed',
  'RequestTimeout',
]);
const SKEWED = new Set(['RequestTimeTooSkewed', 'InvalidSignatureException', 'SignatureDoesNotMatch']);
const ATTEMPTS = 3;
const FIRST_PAUSE_MILLISECONDS = 25;
const SKEW_WORTH_CORRECTING_MILLISECONDS = 60_000;

/**
 * A client for one AWS JSON service that loads in a tenth of the SDK's time: it signs (Signature
 * Version 4) and sends over kept-alive connections, and repeats with jitter what may be repeated —
 * a broken connection, throttling, a fault of the service, a clock that is off — until its deadline.
 * @throws AwsError when the service refuses; another Error when it can't be reached in time
 */
export function signedClient(options: SignedClientOptions): AwsCall {
  const { service, region, now, random } = options;
  const endpoint = new URL(options.endpoint ?? `https://${service}.${region}.amazonaws.com`);
  const secure = endpoint.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 50 });
  let skewMilliseconds = 0;

  const attempt = async (operation: string, body: string, timeoutMilliseconds: number) => {
    const { accessKeyId, secretAccessKey, sessionToken } = options.credentials();
    const signed = aws4.sign(
      {
        service,
        region,
        host: endpoint.host,
        path: '/',
        method: 'POST',
        body,
        headers: {
          'Content-Type': PROTOCOL[service].contentType,
          'X-Amz-Target': `${PROTOCOL[service].target}.${operation}`,
          'X-Amz-Date': amzDate(now() + skewMilliseconds),
        },
      },
      { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    );
    const response = await send(endpoint, secure, agent, signed.headers, body, timeoutMilliseconds);
    const text = await readBody(response);
    if (response.statusCode === 200) return JSON.parse(text) as Record<string, unknown>;
    const error = errorOf(response.statusCode ?? 0, text);
    const skew = Date.parse(response.headers.date ?? '') - now();
    if (SKEWED.has(error.name) && Math.abs(skew - skewMilliseconds) > SKEW_WORTH_CORRECTING_MILLISECONDS) {
      skewMilliseconds = skew;
      throw new AwsError('RequestTimeTooSkewed', error.status, error.message);
    }
    throw error;
  };

  return async (operation, input) => {
    const body = JSON.stringify(input);
    const deadline = now() + options.deadlineMilliseconds;
    for (let attempts = 1; ; attempts++) {
      try {
        return await attempt(operation, body, Math.min(options.attemptMilliseconds, deadline - now()));
      } catch (error) {
        const pause = random() * FIRST_PAUSE_MILLISECONDS * 2 ** (attempts - 1);
        const refused = error instanceof AwsError && !error.retryable;
        if (refused || attempts >= ATTEMPTS || now() + pause >= deadline) throw error;
        await sleep(pause);
      }
    }
  };
}

function send(
  endpoint: URL,
  secure: boolean,
  agent: HttpAgent | HttpsAgent,
  headers: object | undefined,
  body: string,
  timeoutMilliseconds: number,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      agent,
      host: endpoint.hostname,
      port: endpoint.port,
      path: '/',
      method: 'POST',
      headers: { ...headers },
      signal: AbortSignal.timeout(Math.max(1, timeoutMilliseconds)),
    };
    const request = (secure ? httpsRequest : httpRequest)(options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

function errorOf(status: number, text: string): AwsError {
  try {
    const { __type = 'UnknownError', message, Message } = JSON.parse(text);
    const name = String(__type).split('#').pop() ?? 'UnknownError';
    return new AwsError(name, status, String(message ?? Message ?? ''));
  } catch {
    return new AwsError('UnknownError', status, `status ${status} with a body that is not JSON`);
  }
}

/** `20260203T040506Z`, the form that signatures use. */
function amzDate(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replaceAll(/[:-]|\.\d{3}/g, '');
}
