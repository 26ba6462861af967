import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { AwsError, type AwsService, type Input, type RestService, unknownOperation } from './protocol.ts';

const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Names under which services appear in a signature's credential scope. */
const SIGNING_NAMES: Record<string, string> = {
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
  TrentService: 'kms',
  Logs_20140328: 'logs',
};

/**
 * The AWS JSON protocols (1.0 and 1.1): `POST /` with `X-Amz-Target: <service>.<operation>`; and API
 * Gateway's control plane, whose operations are methods and paths. A request must be signed for the service it calls; the signature itself is not checked, as any credentials do.
 */
export function createAwsHttpServer(
  services: Readonly<Record<string, AwsService>>,
  apiGateway: RestService,
  log: (line: string) => void,
): Server {
  async function answer(request: IncomingMessage): Promise<object> {
    const text = await readBody(request);
    const target = request.headers['x-amz-target'];
    if (target === undefined && scopeOf(request) === 'apigateway') {
      checkSigned(request, 'apigateway');
      return apiGateway.handle({
        method: request.method ?? '',
        url: new URL(request.url ?? '/', 'http://localhost'),
        input: text === '' ? {} : parseInput(text),
      });
    }
    const [service = '', operation = ''] = typeof target === 'string' ? target.split('.') : [];
    const known = Object.hasOwn(services, service) ? services[service] : undefined;
    if (request.method !== 'POST' || known === undefined)
      throw unknownOperation(service, operation || `${request.method} ${request.url}`);
    checkSigned(request, SIGNING_NAMES[service] ?? '');
    return known.handle(operation, parseInput(text));
  }

  return createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    try {
      send(request, response, 200, await answer(request));
    } catch (error) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const failure = error instanceof AwsError ? error : internalFailure(target, error, log);
      if (failure.type.endsWith('UnknownOperationException')) log(failure.message);
      const body =
        scopeOf(request) === 'apigateway' ? { message: failure.message } : errorBody(target, failure);
      send(request, response, failure.status, body, failure.type);
    }
  });
}

/** DynamoDB qualifies its error types and writes `message`; Secrets Manager writes `Message`. */
function errorBody(target: string, { type, message, fields }: AwsError): object {
  const name = target.startsWith('secretsmanager') ? 'Message' : 'message';
  const qualified =
    target.startsWith('DynamoDB') && !type.includes('#') ? `com.amazon.coral.service#${type}` : type;
  return { __type: qualified, [name]: message, ...fields };
}

function internalFailure(target: string, error: unknown, log: (line: string) => void): AwsError {
  log(`${target} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
  return new AwsError(
    'InternalServerError',
    'The request processing has failed because of an unknown error',
    {
      status: 500,
    },
  );
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  output: object,
  errorType?: string,
): void {
  const target = String(request.headers['x-amz-target'] ?? '');
  const dynamodb = target.startsWith('DynamoDB');
  const body = Buffer.from(JSON.stringify(output));
  const sqsError = target.startsWith('AmazonSQS') && errorType !== undefined;
  response.writeHead(status, {
    'content-type': String(request.headers['content-type'] ?? 'application/x-amz-json-1.0'),
    'content-length': body.length,
    // Of DynamoDB they have 52 characters.
    'x-amzn-requestid': dynamodb ? randomBytes(26).toString('hex').toUpperCase() : randomUUID(),
    ...(dynamodb && { 'x-amz-crc32': crc32(body) }),
    ...(errorType !== undefined && scopeOf(request) === 'apigateway' && { 'x-amzn-errortype': errorType }),
    ...(sqsError && { 'x-amzn-query-error': `${queryErrorCode(errorType)};Sender` }),
  });
  response.end(body);
}

/** SQS names in a header the code that its older query protocol had for the error. */
function queryErrorCode(type: string): string {
  const name = type.slice(type.indexOf('#') + 1);
  return name === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : name;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES)
      throw new AwsError('RequestEntityTooLargeException', 'The request is too large', { status: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parseInput(text: string): Input {
  try {
    const input: unknown = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Reported below, like JSON that is not an object.
  }
  throw new AwsError('SerializationException', 'The body is not a JSON object');
}

/** The service that a request is signed for. */
function scopeOf({ headers }: IncomingMessage): string | undefined {
  return /Credential=[^/,]+\/[^/,]+\/[^/,]+\/([^/,]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}

function checkSigned(request: IncomingMessage, signingName: string): void {
  const { authorization } = request.headers;
  if (authorization === undefined || !authorization.startsWith('AWS4-HMAC-SHA256 '))
    throw new AwsError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  const parts = ['Credential', 'SignedHeaders', 'Signature'];
  const missing = parts.filter((part) => !new RegExp(`[ ,]${part}=`).test(authorization));
  if (missing.length > 0 || request.headers['x-amz-date'] === undefined)
    throw new AwsError(
      'IncompleteSignatureException',
      missing.length > 0
        ? `Authorization header requires '${missing.join("', '")}' parameter.`
        : "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  if (scopeOf(request) !== signingName)
    throw new AwsError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${signingName}'.`,
    );
}
