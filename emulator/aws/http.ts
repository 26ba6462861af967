import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import type { AwsCall } from '../iam/aws-requests.ts';
import type { FunctionCallers, RoleJudge } from '../iam/function-roles.ts';
import { AwsError, type AwsService, type Input, type RestService, unknownOperation } from './protocol.ts';
import {
  type Credentials,
  type SignatureFault,
  type SignatureScope,
  signatureFault,
  signedBy,
  signedRegion,
  signedService,
} from './request-signature.ts';

const nextTurn = promisify(setImmediate);

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

/** Services whose operations are methods and paths, as they are signed for. */
const REST_NAMES = ['apigateway', 'lambda', 's3', 'ses'] as const;

/** Who may call the services, and where they are. */
export interface Signer {
  /** The operator's, who may do everything. */
  readonly credentials: Credentials;
  readonly functions: FunctionCallers;
  /** What functions' calls are held against; undefined where they too may do everything. */
  judge?: RoleJudge;
  readonly region: string;
}

/**
 * The AWS JSON protocols (1.0 and 1.1): `POST /` with `X-Amz-Target: <service>.<operation>`; and those of API
 * Gateway's control plane, of Lambda, of S3 and of SES, whose operations are methods and paths. A request must be signed for
 * the service that it calls: whoever knows the operator's pair may do everything, a function what its judge lets
 * it do, and nobody else anything.
 * A call that is signed for another Region is handed to who is there.
 */
export function awsListener(
  services: Readonly<Record<string, AwsService>>,
  restServices: Readonly<Record<RestName, RestService>>,
  {
    signer,
    elsewhere,
    log,
  }: {
    signer: Signer;
    elsewhere: (region: string) => RequestListener | undefined;
    log: (line: string) => void;
  },
): RequestListener {
  async function answer(request: IncomingMessage): Promise<{ status: number; output: object }> {
    const body = await readBody(request);
    const target = request.headers['x-amz-target'];
    const signedFor = signedService(request.headers.authorization);
    const [service = '', operation = ''] = typeof target === 'string' ? target.split('.') : [];
    // Before anything else: a stranger does not even learn which operations there are.
    const name = Object.hasOwn(SIGNING_NAMES, service) ? SIGNING_NAMES[service] : signedFor;
    const caller = signer.functions.find(signedBy(request.headers.authorization) ?? '');
    const { credentials } = caller ?? signer;
    checkSigned(request, body, { credentials, region: signer.region, service: name ?? '' });
    const check = (call: Omit<AwsCall, 'service'>) =>
      caller && signer.judge?.check(caller, { service: name ?? '', ...call });
    const text = body.toString();
    if (target === undefined && isRest(signedFor)) {
      const service = restServices[signedFor];
      const url = new URL(request.url ?? '/', 'http://localhost');
      const method = request.method ?? '';
      const input = text === '' ? {} : parseInput(text);
      check({ operation: `${method} ${url.pathname}`, input });
      const output = service.handle({ method, url, headers: request.headers, input });
      return { status: service.acceptedStatus ?? 200, output };
    }
    const known = Object.hasOwn(services, service) ? services[service] : undefined;
    if (request.method !== 'POST' || known === undefined)
      throw unknownOperation(service, operation || `${request.method} ${request.url}`);
    const input = parseInput(text);
    check({ operation, input });
    return { status: 200, output: await known.handle(operation, input) };
  }

  return async (request, response) => {
    const region = signedRegion(request.headers.authorization);
    const other = region === undefined || region === signer.region ? undefined : elsewhere(region);
    if (other !== undefined) return other(request, response);
    try {
      const { status, output } = await answer(request);
      send(request, response, status, output);
    } catch (error) {
      const target = String(request.headers['x-amz-target'] ?? '');
      const failure = error instanceof AwsError ? error : internalFailure(target, error, log);
      if (failure.type.endsWith('UnknownOperationException')) log(failure.message);
      const signedFor = signedService(request.headers.authorization);
      const rest = signedFor === 's3' ? errorXml(failure) : { message: failure.message };
      const body = isRest(signedFor) ? rest : errorBody(target, failure);
      send(request, response, failure.status, body, failure.type);
    }
  };
}

/**
 * What a service answers its operator, without the way over HTTP and the signature: for callers in this process
 * who make thousands of calls. As over HTTP an answer takes a turn of the event loop: whoever asks again and again
 * while another is in the way lets that other go on.
 */
export async function answerDirectly(
  service: AwsService,
  { target, text }: { readonly target: string; readonly text: string },
  log: (line: string) => void,
): Promise<{ status: number; body: Uint8Array }> {
  const bodyOf = (output: object) => new Uint8Array(Buffer.from(JSON.stringify(output)));
  await nextTurn();
  try {
    const output = await service.handle(target.slice(target.indexOf('.') + 1), parseInput(text));
    return { status: 200, body: bodyOf(output) };
  } catch (error) {
    const failure = error instanceof AwsError ? error : internalFailure(target, error, log);
    return { status: failure.status, body: bodyOf(errorBody(target, failure)) };
  }
}

/** DynamoDB qualifies its error types and writes `message`; Secrets Manager writes `Message`. */
function errorBody(target: string, { type, message, fields }: AwsError): object {
  const name = target.startsWith('secretsmanager') ? 'Message' : 'message';
  const qualified =
    target.startsWith('DynamoDB') && !type.includes('#') ? `com.amazon.coral.service#${type}` : type;
  return { __type: qualified, [name]: message, ...fields };
}

/** S3 alone speaks XML. */
function errorXml({ type, message }: AwsError): Uint8Array {
  const text = message.replaceAll(/[&<]/g, (character) => (character === '&' ? '&amp;' : '&lt;'));
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${type}</Code><Message>${text}</Message></Error>`;
  return Buffer.from(xml);
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
  const body = output instanceof Uint8Array ? output : Buffer.from(JSON.stringify(output));
  const sqsError = target.startsWith('AmazonSQS') && errorType !== undefined;
  response.writeHead(status, {
    'content-type': String(request.headers['content-type'] ?? 'application/x-amz-json-1.0'),
    'content-length': body.length,
    // Of DynamoDB they have 52 characters.
    'x-amzn-requestid': dynamodb ? randomBytes(26).toString('hex').toUpperCase() : randomUUID(),
    ...(dynamodb && { 'x-amz-crc32': crc32(body) }),
    ...(errorType !== undefined &&
      isRest(signedService(request.headers.authorization)) && { 'x-amzn-errortype': errorType }),
    ...(sqsError && { 'x-amzn-query-error': `${queryErrorCode(errorType)};Sender` }),
  });
  response.end(body);
}

/** SQS names in a header the code that its older query protocol had for the error. */
function queryErrorCode(type: string): string {
  const name = type.slice(type.indexOf('#') + 1);
  return name === 'QueueDoesNotExist' ? 'AWS.SimpleQueueService.NonExistentQueue' : name;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_REQUEST_BYTES)
      throw new AwsError('RequestEntityTooLargeException', 'The request is too large', { status: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
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

type RestName = (typeof REST_NAMES)[number];

function isRest(service: string | undefined): service is RestName {
  return REST_NAMES.includes(service as RestName);
}

/** What AWS answers for each fault of a signature. */
const SIGNATURE_FAULTS: Readonly<
  Record<SignatureFault, readonly [type: string, message: (scope: SignatureScope) => string]>
> = {
  missing: ['MissingAuthenticationTokenException', () => 'Request is missing Authentication Token'],
  incomplete: [
    'IncompleteSignatureException',
    () =>
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters and existence of a 'X-Amz-Date' header of the same day.",
  ],
  'wrong service': [
    'InvalidSignatureException',
    ({ service }) => `Credential should be scoped to correct service: '${service}'.`,
  ],
  'wrong region': [
    'InvalidSignatureException',
    ({ region }) => `Credential should be scoped to a valid region; here it is '${region}'.`,
  ],
  'unknown key': [
    'UnrecognizedClientException',
    () => 'The security token included in the request is invalid.',
  ],
  expired: ['InvalidSignatureException', () => 'Signature expired: it is more than 15 minutes from now.'],
  'wrong signature': [
    'InvalidSignatureException',
    () =>
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  ],
};

/** @throws AwsError that says, as AWS does, what of the request's signature is wrong */
function checkSigned(request: IncomingMessage, body: Buffer, signer: Omit<SignatureScope, 'now'>): void {
  const [path = '/', ...query] = (request.url ?? '/').split('?');
  const headers = request.rawHeaders.flatMap((name, i) =>
    i % 2 === 0 ? [[name, request.rawHeaders[i + 1] ?? ''] as const] : [],
  );
  // Clients sign by this machine's clock, whichever one the services go by.
  const scope = { ...signer, now: new Date() };
  const signed = { method: request.method ?? '', path, query: query.join('?'), headers, body };
  const fault = signatureFault(signed, scope);
  if (fault === null) return;
  const [type, message] = SIGNATURE_FAULTS[fault];
  throw new AwsError(type, message(scope), { status: signer.service === 'apigateway' ? 403 : 400 });
}
