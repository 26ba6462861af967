import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import { DomainError } from '../domain/domain-error.ts';
import { notFound } from '../domain/not-found.ts';
import { invalidInput } from './error-answer.ts';
import type { OperationSchema, RawRequest } from './operation.ts';

const LARGEST_BODY_BYTES = 256 * 1024;
/** Whoever signs sends in bulk. */
const LARGEST_SIGNED_BODY_BYTES = 4 * 1024 * 1024;
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** The body as text, whichever way API Gateway passed it on. */
export function bodyText({ body, isBase64Encoded }: APIGatewayProxyEventV2): string {
  return isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
}

/**
 * The parts of a request, as its operation's schema wants them.
 * @throws DomainError `not_found` for a path that can name nothing, `body_too_large`,
 *   `unsupported_media_type`, `invalid_request` naming the first thing that is wrong
 */
export function readRequest(event: APIGatewayProxyEventV2, schema: OperationSchema) {
  return {
    path: readPath(event, schema.path),
    query: schema.query && parse(schema.query, event.queryStringParameters ?? {}),
    body: schema.body && parse(schema.body, readBody(event, schema.largestBodyBytes)),
    idempotencyKey: schema.idempotent && readIdempotencyKey(event),
    raw: schema.signedBody && readRaw(event),
  };
}

/**
 * The JSON in a text, as its schema wants it.
 * @throws DomainError `invalid_request`
 */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  return parse(schema, jsonOf(text));
}

function readRaw(event: APIGatewayProxyEventV2): RawRequest {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > LARGEST_SIGNED_BODY_BYTES) {
    throw new DomainError('body_too_large', `A body has at most ${LARGEST_SIGNED_BODY_BYTES} bytes`);
  }
  return { bytes, headers: event.headers };
}

function readPath(event: APIGatewayProxyEventV2, schema: z.ZodObject | undefined) {
  if (schema === undefined) return undefined;
  const { success, data } = schema.safeParse(event.pathParameters ?? {});
  if (!success) throw notFound();
  return data;
}

/** No body is an empty object: what is required is then missing by name. */
function readBody(event: APIGatewayProxyEventV2, largestBytes = LARGEST_BODY_BYTES): unknown {
  const text = bodyText(event);
  if (text === '') return {};
  if (Buffer.byteLength(text) > largestBytes) {
    throw new DomainError('body_too_large', `A body has at most ${largestBytes} bytes here`);
  }
  if (!JSON_TYPE.test(event.headers['content-type'] ?? '')) {
    throw new DomainError(
      'unsupported_media_type',
      'A body is JSON and says so: send Content-Type: application/json',
    );
  }
  return jsonOf(text);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('invalid_request', 'The body is not well-formed JSON');
  }
}

function readIdempotencyKey(event: APIGatewayProxyEventV2): string | undefined {
  const value = event.headers['idempotency-key'];
  if (value !== undefined && !IDEMPOTENCY_KEY.test(value)) {
    throw new DomainError('invalid_request', 'An Idempotency-Key has 1 to 255 printable ASCII characters', {
      param: 'Idempotency-Key',
    });
  }
  return value;
}

function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(input);
  if (!success) throw invalidInput(error);
  return data;
}
