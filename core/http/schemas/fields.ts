import * as z from 'zod';
import { isPermission } from '../../domain/permission.ts';
import { ROLE_NAME, TENANT_ID } from '../../domain/tenant.ts';

/** Values that several resources have in common. */

const MOST_PERMISSIONS = 50;
const MOST_RATE_LIMITS = 5;
const LONGEST_WINDOW_SECONDS = 31 * 86_400;

export const name = z.string().trim().min(1).max(100);
export const environment = z.enum(['sandbox', 'live']);
export const roleName = z
  .string()
  .regex(ROLE_NAME, 'expected a letter a-z, then up to 39 of a-z, 0-9, - and _');
export const tenantId = z
  .string()
  .regex(TENANT_ID, 'expected tenant_ and 3 to 40 of a-z, 0-9 and _')
  .meta({ example: 'tenant_acme' });
export const apiId = z.string().regex(/^api_[0-9A-Za-z]{12}$/, 'expected api_ and 12 base62 characters');
export const keyId = z.string().regex(/^key_[0-9A-Za-z]{12}$/, 'expected key_ and 12 base62 characters');
export const productId = z
  .string()
  .regex(/^prod_[0-9A-Za-z]{12}$/, 'expected prod_ and 12 base62 characters');
export const permission = z
  .string()
  .refine(isPermission, 'expected resource:action, with action read, write or *, and * for any resource')
  .meta({ example: 'orders:read' });
export const permissions = z.array(permission).max(MOST_PERMISSIONS).transform(unique);

/** At most `limit` requests in any `windowSeconds`. */
export const rateLimits = z
  .array(
    z.strictObject({
      limit: z.number().int().min(1).max(1_000_000_000),
      windowSeconds: z.number().int().min(1).max(LONGEST_WINDOW_SECONDS),
    }),
  )
  .max(MOST_RATE_LIMITS);

/** A time as people may write it, in the one form in which it is kept: UTC with milliseconds. */
export const time = z.iso
  .datetime({ offset: true, error: 'expected an ISO 8601 date and time with Z or an offset' })
  .transform((text) => new Date(text).toISOString());

/** A time in an answer. */
export const timestamp = z.iso.datetime();

export const cursor = z.string().max(1000).optional().meta({ description: 'nextCursor of the page before' });
export const limit = z.coerce.number<string>().int().min(1).max(100).default(50);

/** A body in which at least one field must be given. */
export function someOf<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .strictObject(shape)
    .refine((body) => Object.keys(body).length > 0, 'expected at least one field to change');
}

/** A list's answer; `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** The body of an operation that is told nothing more. */
export const noBody = z.strictObject({});

/** A path id in an answer's or request's path. */
export const tenantPath = z.object({ tenantId });

export function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
