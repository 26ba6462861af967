import type * as z from 'zod';
import type { ManagementFunction, ManagementRoute } from '../contract/management-route.ts';
import type { ROUTES } from '../contract/routes.ts';
import type { ChangeContext } from '../domain/audit/audit-event.ts';
import type { EntityTag } from '../domain/ground/entity-tag.ts';
import type { Admitted } from '../domain/people/person.ts';
import type { Principal } from '../domain/people/principal.ts';

/** What an operation of the management API takes and gives; requests and the OpenAPI document follow it. */
export interface OperationSchema {
  readonly summary: string;
  /** Path parameters. A request whose path does not fit names nothing that exists: 404. */
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodObject;
  /** The body, of any form, of a request that a signature over its bytes authenticates: the operation reads it. */
  readonly signedBody?: z.ZodType;
  /** True where an `Idempotency-Key` header makes repeats safe. */
  readonly idempotent?: true;
  /** True where no person signs in: for everybody, or for AWS's own principals. */
  readonly open?: true;
  /** True where AWS's own principals alone call it, and change something. */
  readonly signed?: true;
  /** True where a body may hold keys: to verify one, to report it as leaked, to import it. */
  readonly acceptsKeys?: true;
  /** Where the answer is no JSON object but lines of them: then `answers` has the shape of a line. */
  readonly mediaType?: 'application/x-ndjson';
  /** Where the answer is CSV for who accepts that and not JSON: an example of it. */
  readonly csv?: string;
  /** True where a tenant's key policy may refuse what is asked: 422. */
  readonly heldToKeyPolicy?: true;
  /** The field of a body whose entries are judged one by one: what is wrong with one is no fault of the others. */
  readonly rows?: string;
  /** Where a body may be larger than most. */
  readonly largestBodyBytes?: number;
  /** The body of each successful status; null for none. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
}

type Part<Schema, Name extends string> = Schema extends { readonly [name in Name]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;

/** A request that has passed every check that does not need the stored state. */
export interface OperationRequest<Schema extends OperationSchema> {
  readonly path: Part<Schema, 'path'>;
  readonly query: Part<Schema, 'query'>;
  readonly body: Part<Schema, 'body'>;
  readonly person: Schema extends { readonly open: true } ? undefined : Admitted;
  /** For the event of the change that the request asks for; each request makes one at most. */
  readonly context: Schema extends { readonly signed: true }
    ? ChangeContext
    : Schema extends { readonly open: true }
      ? undefined
      : ChangeContext;
  readonly principal: Schema extends { readonly signed: true } ? Principal : undefined;
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  readonly sourceIp: string | undefined;
  /** Whether the answer is to be CSV. */
  readonly wantsCsv: boolean;
  /** The request as it came, for a signature over it. */
  readonly raw: Schema extends { readonly signedBody: z.ZodType } ? RawRequest : undefined;
}

export interface RawRequest {
  readonly bytes: Buffer;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  /** A body that is no JSON object, and is sent as it is; `headers` say what it is. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Methods that change what their path names. */
const ON_ITEMS = /^(?:PUT|PATCH|DELETE) /;

/** Whether an `If-Match` counts where this route is called. */
export function mayHaveIfMatch({ key, acts }: Pick<ManagementRoute, 'key' | 'acts'>): boolean {
  return acts === true || ON_ITEMS.test(key);
}

/** The answer that shows one item, with the tag by which an `If-Match` means it as it is there. */
export function tagged(tag: EntityTag, answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, etag: tag } };
}

/** A schema and what does it. */
export interface Operation<Dependencies> {
  readonly schema: OperationSchema;
  // biome-ignore lint/suspicious/noExplicitAny: `operation` ties the request's type to the schema's
  readonly run: (request: any, dependencies: Dependencies) => Promise<Answer>;
}

export function operation<Schema extends OperationSchema, Dependencies>(
  schema: Schema,
  run: (request: OperationRequest<Schema>, dependencies: Dependencies) => Promise<Answer>,
): Operation<Dependencies> {
  return { schema, run };
}

/** An operation for every route that a function serves. */
export type Operations<Name extends ManagementFunction, Dependencies> = {
  readonly [operation in Extract<
    (typeof ROUTES)[number],
    { function: Name }
  >['operation']]: Operation<Dependencies>;
};
