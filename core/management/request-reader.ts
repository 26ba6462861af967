import { isUtf8 } from 'node:buffer';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import { DomainError } from '../domain/ground/domain-error.ts';
import { notFound } from '../domain/ground/not-found.ts';
import { invalidInput, UNKNOWN_NAME } from './input-faults.ts';
import type { OperationSchema, RawRequest } from './operation.ts';

const LARGEST_BODY_BYTES = 256 * 1024;
/** Whoever signs sends in bulk. */
const LARGEST_SIGNED_BODY_BYTES = 4 * 1024 * 1024;
const JSON_TYPE = /^application\/(?:[a-z0-9.+-]+\+)?json\s*(?:;|$)/i;
/** Deeper than any schema goes; what is nested without end would end in a stack that overflows. */
const DEEPEST_NESTING = 32;
/** The one name that no plain object of JavaScript can hold as its own by assignment. */
const UNHOLDABLE_NAME = '__proto__';
const BYTE_ORDER_MARK = '\uFEFF';
const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** The body as text, whichever way API Gateway passed it on. */
export function bodyText({ body, isBase64Encoded }: APIGatewayProxyEventV2): string {
  return isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString() : (body ?? '');
}

/** @throws DomainError `body_too_large`, before anything is made of the body */
export function requireSize(
  { body = '', isBase64Encoded }: APIGatewayProxyEventV2,
  schema: OperationSchema,
): void {
  const largest = schema.signedBody
    ? LARGEST_SIGNED_BODY_BYTES
    : (schema.largestBodyBytes ?? LARGEST_BODY_BYTES);
  if (Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8') > largest) {
    throw new DomainError('body_too_large', `A body has at most ${largest} bytes here`);
  }
}

/**
 * The parts of a request whose size was looked at, as its operation's schema wants them.
 * @throws DomainError `not_found` for a path that can name nothing, `unsupported_media_type`,
 *   `invalid_request` naming everything that is wrong
 */
export function readRequest(event: APIGatewayProxyEventV2, schema: OperationSchema) {
  return {
    path: readPath(event, schema.path),
    query: schema.query && parse(schema.query, readQuery(event)),
    body: schema.body && parse(schema.body, readBody(event, schema.rows)),
    idempotencyKey: schema.idempotent && readIdempotencyKey(event),
    wantsCsv: schema.csv !== undefined && wantsCsv(event.headers.accept ?? ''),
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

/** By what is named first: who names both takes either. */
function wantsCsv(accept: string): boolean {
  const [first = ''] = accept.split(',');
  return /^\s*text\/csv\s*(?:;|$)/i.test(first);
}

function readRaw(event: APIGatewayProxyEventV2): RawRequest {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return { bytes, headers: event.headers };
}

function readPath(event: APIGatewayProxyEventV2, schema: z.ZodObject | undefined) {
  if (schema === undefined) return undefined;
  const { success, data } = schema.safeParse(event.pathParameters ?? {});
  if (!success) throw notFound();
  return data;
}

/** API Gateway joins by a comma what is given twice: as a filter that would name nothing, and find nothing. */
function readQuery({ rawQueryString, queryStringParameters = {} }: APIGatewayProxyEventV2): object {
  const seen = new Set<string>();
  for (const name of new URLSearchParams(rawQueryString).keys()) {
    if (!seen.has(name)) seen.add(name);
    else if (UNKNOWN_NAME.test(name))
      throw new DomainError('invalid_request', `${name} is given twice; give it once`, { param: name });
    else throw new DomainError('invalid_request', 'A parameter is given twice; give it once');
  }
  return queryStringParameters;
}

/** No body is an empty object: what is required is then missing by name. */
function readBody(event: APIGatewayProxyEventV2, rows: string | undefined): unknown {
  const text = bodyText(event);
  if (text === '') return {};
  if (!JSON_TYPE.test(event.headers['content-type'] ?? '')) {
    throw new DomainError(
      'unsupported_media_type',
      'A body is JSON and says so: send Content-Type: application/json',
    );
  }
  if (event.isBase64Encoded && !isUtf8(Buffer.from(event.body ?? '', 'base64'))) {
    throw new DomainError('invalid_request', 'The body is not UTF-8, as JSON has to be');
  }
  return jsonOf(text, rows);
}

/** A byte order mark before JSON may be passed over (RFC 8259, 8.1): some editors and shells write one. */
function jsonOf(text: string, rows?: string): unknown {
  const value = parsed(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
  const list = rows === undefined ? undefined : Object(value)[rows];
  const fault = faultOf(Array.isArray(list) ? { ...Object(value), [String(rows)]: undefined } : value);
  if (fault !== undefined) throw new DomainError('invalid_request', fault);
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('invalid_request', 'The body is not well-formed JSON');
  }
}

/**
 * Why JSON is none that a schema can be asked about; undefined for all other. It looks level by level and not
 * by recursion, whose depth the sender would choose.
 */
export function faultOf(value: unknown): string | undefined {
  let level = [value].filter(isObject);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEEPEST_NESTING) return `This nests deeper than ${DEEPEST_NESTING} levels`;
    if (level.some((each) => Object.hasOwn(each, UNHOLDABLE_NAME))) {
      return `No field can be named ${UNHOLDABLE_NAME}; choose another name`;
    }
    level = level.flatMap((each) => Object.values(each).filter(isObject));
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
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
