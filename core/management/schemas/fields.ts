import * as z from 'zod';
import { isPermission, PERMISSION } from '../../domain/tenants/permission.ts';
import { ROLE_NAME, TENANT_ID } from '../../domain/tenants/tenant.ts';
import { words } from './texts.ts';

/** Values that several resources have in common. */

const MOST_PERMISSIONS = 50;
const MOST_RATE_LIMITS = 5;
const LONGEST_WINDOW_SECONDS = 31 * 86_400;

/** What people call something. */
export const name = words(100).meta({ example: 'Billing' });
/** What people write down for others. */
export const remark = words(500).meta({ example: 'Asked for by the owner of the service' });
export const environment = z.enum(['sandbox', 'live']);
export const roleName = z
  .string()
  .regex(ROLE_NAME, 'expected a letter a-z, then up to 39 of a-z, 0-9, - and _')
  .meta({ example: 'reader' });
export const tenantId = z
  .string()
  .regex(TENANT_ID, 'expected tenant_ and 3 to 40 of a-z, 0-9 and _')
  .meta({ example: 'tenant_acme' });
export const apiId = z
  .string()
  .regex(/^api_[0-9A-Za-z]{12}$/, 'expected api_ and 12 base62 characters')
  .meta({ example: 'api_2Xq7LmB4tRz9' });
export const keyId = z
  .string()
  .regex(/^key_[0-9A-Za-z]{12}$/, 'expected key_ and 12 base62 characters')
  .meta({ example: 'key_8sK2mQ4vXz1b' });
export const productId = z
  .string()
  .regex(/^prod_[0-9A-Za-z]{12}$/, 'expected prod_ and 12 base62 characters')
  .meta({ example: 'prod_5hN3kL9pM2sD' });
/** Of a person, as the issuer knows that person. */
export const personId = z.string().meta({ example: '5e9c4a5e-1f2b-4c3d-8e9f-0a1b2c3d4e5f' });
export const address = z.string().meta({ example: 'grace@example.com' });
/** What people called something. */
export const givenName = z.string().meta({ example: 'Billing' });
export const permission = z
  .string()
  .refine(isPermission, 'expected resource:action, with action read, write or *, and * for any resource')
  .meta({ example: 'orders:read', pattern: PERMISSION.source });
export const permissions = z.array(permission).max(MOST_PERMISSIONS).transform(unique);

/** A page on the web. A browser runs nothing that it leads to as ours: no other scheme, and nobody's password. */
export const webAddress = z
  .string()
  .max(500)
  .refine(isWebAddress, 'expected an https URL (http for localhost alone), without user and password')
  .meta({ format: 'uri', pattern: '^https?://[^\\s]+$', example: 'https://www.example.com' });

/** What a version of terms is called. */
export const termsVersion = words(40).meta({ example: '2026-10' });

/** At most `limit` requests in any `windowSeconds`. */
export const rateLimits = z
  .array(
    z.strictObject({
      limit: z.number().int().min(1).max(1_000_000_000).meta({ example: 600 }),
      windowSeconds: z.number().int().min(1).max(LONGEST_WINDOW_SECONDS).meta({ example: 60 }),
    }),
  )
  .max(MOST_RATE_LIMITS);

/** Calls in a day or month of the calendar; null for any number. */
export const quota = z
  .strictObject({
    limit: z.number().int().min(1).max(1_000_000_000_000).meta({ example: 100_000 }),
    period: z.enum(['day', 'month']).meta({ description: 'Of the calendar, in UTC' }),
  })
  .nullable();

/** Where ISO 8601 has four digits for the year: an offset may lead out of it. */
const FIRST_TIME = 0;
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/** A time as people may write it, in the one form in which it is kept: UTC with milliseconds, 1970 to 9999. */
export const time = z.iso
  .datetime({ offset: true, error: 'expected an ISO 8601 date and time with Z or an offset' })
  .transform((text, context) => {
    const milliseconds = Date.parse(text);
    if (milliseconds >= FIRST_TIME && milliseconds <= LAST_TIME) return new Date(milliseconds).toISOString();
    context.addIssue('expected a time from 1970 to 9999, in UTC');
    return z.NEVER;
  })
  .meta({ example: '2027-02-28T12:00:00.000Z' });

/** A time in an answer. */
export const timestamp = z.iso.datetime().meta({ example: '2026-11-22T12:00:00.000Z' });

export const cursor = z
  .string()
  .max(1000)
  .optional()
  .meta({ description: 'nextCursor of the page before', pattern: '^[A-Za-z0-9_-]+$' });
export const limit = wholeNumber(1, 100).default(50).meta({ description: 'By default 50' });

/** The query of a list that is one item, and so read whole. */
export const wholeList = z.strictObject({
  limit: wholeNumber(1, 100).optional().meta({ description: 'By default all' }),
  cursor,
});

/** A whole number in a query, in digits and nothing else. */
export function wholeNumber(least: number, most: number) {
  const expected = `expected a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,8})$/, expected)
    .transform(Number)
    .refine((value) => value >= least && value <= most, expected)
    .meta({ type: 'integer', minimum: least, maximum: most, pattern: undefined });
}

const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function isWebAddress(text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isLocal = protocol === 'http:' && LOCAL_HOSTS.includes(hostname);
  return (protocol === 'https:' || isLocal) && username === '' && password === '';
}

/** A body in which at least one field must be given. */
export function someOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject(shape)
    .refine((body) => Object.keys(body).length > 0, 'expected at least one field to change')
    .meta({ minProperties: 1 });
}

/** A list's answer; `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/**
 * A row of several that are read one by one, so that one that is wrong stops none of the others: what it
 * should be, for the document; what it is, for who reads it.
 */
export function rowOf(schema: z.ZodType) {
  const { $schema, ...shape } = z.toJSONSchema(schema, { io: 'input' });
  return z.unknown().meta({ anyOf: [shape, { description: 'Anything else gets a result that says so' }] });
}

/** The e-mail address of a person who did something, beside that person's id. @param who as a part of a sentence */
export const nameOf = (who: string) =>
  z
    .string()
    .nullable()
    .meta({
      description: `The e-mail address of ${who}, at that time; null where it was not known`,
      example: 'grace@example.com',
    });

/** The body of an operation that is told nothing more. */
export const noBody = z.strictObject({});

export const tenantPath = z.object({ tenantId });

export function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
