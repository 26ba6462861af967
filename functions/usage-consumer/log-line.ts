import * as z from 'zod';
import { REFUSALS, type RefusalCode } from '../../core/contract/refusals.ts';
import { KEY_TYPES } from '../../core/domain/products/credential.ts';
import { TENANT_ID } from '../../core/domain/tenants/tenant.ts';
import type { AccessRecord, RecordedCaller, RefusalRecord } from '../../core/domain/usage/access-record.ts';
import { LONGEST_ROUTE } from '../../core/domain/usage/key-use.ts';

/**
 * What a line says becomes part of items' keys and times: a line that holds anything else is passed over by
 * itself, where the store would refuse the whole batch that it came in.
 */
const MOST_MILLISECONDS = Date.parse('9999-12-31T00:00:00Z');
const time = z.coerce.number<string | number>().int().min(0).max(MOST_MILLISECONDS);

/** A log event as a subscription delivers it. `timestamp` is in milliseconds since 1970. */
interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** API Gateway writes a hyphen for what it does not know. */
const known = z
  .string()
  .transform((text) => (text === '-' || text === '' ? undefined : text))
  .optional();
const numeric = z.coerce.number<string>();

/** Counts are kept under ids: a line that names what is none is of nobody. */
const PUBLIC_ID = /^(?:key|sub)_[0-9A-Za-z]{1,12}$/;

/** Lines of lib/constructs/access-log.ts, and of core/access/use-log.ts, which measures nothing. */
const accessLine = z.object({
  requestId: z.string(),
  requestTimeEpoch: time,
  responseLatency: numeric.optional().catch(undefined),
  status: z.coerce.number<string>().int().min(100).max(599),
  sourceIp: known,
  httpMethod: known,
  resourcePath: known,
  routeKey: known,
  route: known,
  keyId: known,
  tenantId: known,
  environment: known,
  keyType: known,
  secretId: known,
  slot: known,
  errorCode: known,
  apiId: z.unknown().optional(),
});

/** What tells lines of files apart, which have no log event's id: API Gateway's own, as no caller can choose it. */
const fileLine = z.object({ extendedRequestId: z.string().regex(/^[\w+/=-]{8,128}$/) });

/** Lines of core/access/refusal-log.ts. */
const refusalLine = z.object({
  message: z.literal('request refused'),
  cause: z.string().regex(/^[a-z_]{1,40}$/),
  code: z.enum(Object.keys(REFUSALS) as [RefusalCode, ...RefusalCode[]]),
  keyId: z.string().regex(PUBLIC_ID).optional().catch(undefined),
  owner: z.unknown().optional(),
  sourceIp: z.string().optional(),
  requestId: z.string().default(''),
});

/** Which API it is, as Keywright knows it: written by whoever set up its log, or by who decided. */
const API_ID = /^api_[0-9A-Za-z]{12}$/;

const callerFields = z.object({
  keyId: z.string().regex(PUBLIC_ID),
  tenantId: z.string().regex(TENANT_ID),
  environment: z.enum(['sandbox', 'live']),
  keyType: z.enum(KEY_TYPES),
  secretId: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,40}$/)
    .optional(),
});

const ownerFields = callerFields.omit({ keyId: true, secretId: true });

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const UNKNOWN_ROUTE = '-';

/** The request that a line of an access log, or one in its place, tells of; undefined for any other line. */
export function readAccess({ id, message }: LogEvent): AccessRecord | undefined {
  return accessOf(jsonOf(message), id);
}

/** The same of a line that came without CloudWatch Logs. It is one line: what stands on it besides makes it none. */
export function readFileLine(line: string): AccessRecord | undefined {
  const json = jsonOf(line);
  const { success, data } = fileLine.safeParse(json);
  return success ? accessOf(json, data.extendedRequestId) : undefined;
}

function accessOf(line: unknown, id: string): AccessRecord | undefined {
  const { success, data } = accessLine.safeParse(line);
  if (!success) return undefined;
  const { httpMethod = 'OTHER', errorCode } = data;
  return {
    id,
    time: data.requestTimeEpoch,
    requestId: data.requestId,
    caller: callerOf(data),
    method: METHODS.includes(httpMethod) ? httpMethod : 'OTHER',
    route: routeOf(data),
    status: data.status,
    latencyMilliseconds: data.responseLatency,
    sourceIp: data.sourceIp,
    apiId: typeof data.apiId === 'string' && API_ID.test(data.apiId) ? data.apiId : undefined,
    refusedWith: errorCode !== undefined && data.status >= 400 ? codeOf(errorCode) : undefined,
  };
}

/** The refusal that a line of an authorizer's log tells of; undefined for any other line. */
export function readRefusal({ id, timestamp, message }: LogEvent): RefusalRecord | undefined {
  const { success, data } = refusalLine.safeParse(jsonOf(message));
  if (!success || !time.safeParse(timestamp).success) return undefined;
  const { requestId, cause, code, keyId, owner, sourceIp } = data;
  return {
    id,
    time: timestamp,
    requestId,
    cause,
    code,
    keyId,
    owner: ownerFields.safeParse(owner).data,
    sourceIp,
  };
}

function callerOf(line: Readonly<Record<string, unknown>>): RecordedCaller | undefined {
  const { success, data } = callerFields.safeParse({ ...line, secretId: line.secretId ?? line.slot });
  return success ? { ...data, secretId: data.secretId } : undefined;
}

/** Where the authorizer named no route, the one by which API Gateway found the integration. */
function routeOf({ route, resourcePath, routeKey }: z.output<typeof accessLine>): string {
  const named = route ?? resourcePath ?? routeKey?.split(' ').at(-1) ?? UNKNOWN_ROUTE;
  return named.slice(0, LONGEST_ROUTE);
}

function codeOf(text: string): RefusalCode | undefined {
  return Object.hasOwn(REFUSALS, text) ? (text as RefusalCode) : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
