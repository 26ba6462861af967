import type { Key } from './key.ts';
import { endOf, linesOf, type NewKey } from './new-key.ts';

/** What of a key can be edited, as the API has it. */
export type KeyFields = Pick<
  Key,
  | 'name'
  | 'role'
  | 'permissions'
  | 'allowedCidrs'
  | 'allowedOrigins'
  | 'expiresAt'
  | 'rateLimits'
  | 'metadata'
>;

const MINUTE_SECONDS = 60;

export function fieldsOf(key: KeyFields): KeyFields {
  const { name, role, permissions, allowedCidrs, allowedOrigins, expiresAt, rateLimits, metadata } = key;
  return { name, role, permissions, allowedCidrs, allowedOrigins, expiresAt, rateLimits, metadata };
}

/** A key as the form holds it. @param network one that is to be added to those that it may be used from */
export function draftOf(key: Key, network?: string): NewKey {
  const cidrs =
    network === undefined || key.allowedCidrs.length === 0 || key.allowedCidrs.includes(network)
      ? key.allowedCidrs
      : [...key.allowedCidrs, network];
  return {
    name: key.name,
    environment: key.environment,
    type: key.type,
    role: key.role,
    permissions: key.permissions ?? [],
    cidrs: cidrs.join('\n'),
    origins: key.allowedOrigins.join('\n'),
    ends: key.expiresAt === null ? '' : localDay(key.expiresAt),
    perMinute: String(
      key.rateLimits.find(({ windowSeconds }) => windowSeconds === MINUTE_SECONDS)?.limit ?? '',
    ),
    metadata: Object.entries(key.metadata).map(([key, value]) => ({ key, value })),
  };
}

/** The day on which a time is where the person is, as the form takes it. */
function localDay(time: string): string {
  const at = new Date(time);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/**
 * The body that changes a key: what the form says otherwise than it began with, and nothing else. So limits of other
 * windows stay, and an end keeps its hour unless another day was chosen.
 */
export function changesOf(before: KeyFields, first: NewKey, draft: NewKey, now: number): Partial<KeyFields> {
  const isOther = (field: keyof NewKey) => JSON.stringify(first[field]) !== JSON.stringify(draft[field]);
  const others = before.rateLimits.filter(({ windowSeconds }) => windowSeconds !== MINUTE_SECONDS);
  const perMinute =
    draft.perMinute === '' ? [] : [{ limit: Number(draft.perMinute), windowSeconds: MINUTE_SECONDS }];
  const pairs = draft.metadata.filter(({ key }) => key !== '').map(({ key, value }) => [key, value] as const);
  return {
    ...(isOther('name') && { name: draft.name.trim() }),
    ...(isOther('role') && { role: draft.role }),
    ...(isOther('permissions') && {
      permissions: draft.permissions.length === 0 ? null : [...draft.permissions],
    }),
    ...(isOther('cidrs') && { allowedCidrs: linesOf(draft.cidrs) }),
    ...(isOther('origins') && { allowedOrigins: linesOf(draft.origins) }),
    ...(isOther('ends') && { expiresAt: endOf(draft.ends, now) ?? null }),
    ...(isOther('perMinute') && { rateLimits: [...perMinute, ...others] }),
    ...(isOther('metadata') && { metadata: Object.fromEntries(pairs) }),
  };
}
