import { useQuery } from '@tanstack/react-query';
import { reading } from '../../shared/api/queries.ts';
import { type KeyName, nameOfKey } from '../../shared/show/key-name.ts';
import type { Credentials } from './api-call.ts';
import type { Api } from './explorer-state.ts';
import type { KnownKey } from './may-call.ts';

export const EMPTY_CREDENTIALS: Credentials = { key: '', clientKey: '', token: '', tenantId: '' };

/** A key that calls are made with, as far as it is known: its id is asked about, and its text is not. */
export interface NamedKey {
  /** Undefined where there is none, or what was given has not the form of a key. */
  readonly name: KeyName | undefined;
  /** What it may do; undefined where that is not known. */
  readonly key: KnownKey | undefined;
  /** Whose it is; undefined where that is not known. */
  readonly tenantId: string | undefined;
  /** What is wrong with it already. */
  readonly problem: string | undefined;
}

/** What is known of the given key before anything is sent with it. */
export function useKnownKey(api: Api, { key: text }: Credentials): NamedKey {
  const name = nameOfKey(text);
  const keyId = name?.kind === 'pk' || name?.kind === 'sk' ? name.id : '';
  const { data: key } = useQuery({
    ...reading('/v1/keys/{keyId}', { path: { keyId } }),
    enabled: keyId !== '',
  });
  const { tenantId = '', role = '' } = key ?? {};
  const { data: held } = useQuery({
    ...reading('/v1/tenants/{tenantId}/roles/{role}', { path: { tenantId, role } }),
    enabled: key !== undefined,
  });
  return {
    name,
    key: knownKey(name, key && { ...key, rolePermissions: held?.permissions }),
    tenantId: key?.tenantId,
    problem: text.trim() === '' ? undefined : (problemOf(api, name) ?? statusProblem(key?.status)),
  };
}

function knownKey(
  name: KeyName | undefined,
  key:
    | { type: 'publishable' | 'secret'; permissions: string[] | null; rolePermissions: string[] | undefined }
    | undefined,
): KnownKey | undefined {
  // A subscription opens all that its product's APIs can do.
  if (name?.kind === 'sub') return { type: 'subscription', permissions: ['*:*'], own: null };
  if (key?.rolePermissions === undefined) return undefined;
  return { type: key.type, permissions: key.rolePermissions, own: key.permissions };
}

function problemOf({ scheme, environment }: Api, name: KeyName | undefined): string | undefined {
  // Imported keys have whatever form their issuer gave them.
  if (name === undefined) return undefined;
  if (name.kind === 'ck') return 'This is a client key; it stands beside a key and not in its place.';
  const isSubscriptions = name.kind === 'sub';
  if (isSubscriptions !== (scheme === 'subscription')) {
    return isSubscriptions
      ? 'This is a subscription’s key; this API takes a tenant’s API key.'
      : 'This is a tenant’s API key; this API takes a subscription’s key.';
  }
  return name.environment === environment
    ? undefined
    : `This key is for ${name.environment}, and this API is in ${environment}.`;
}

function statusProblem(
  status: 'active' | 'disabled' | 'revoked' | 'expired' | undefined,
): string | undefined {
  return status === undefined || status === 'active' ? undefined : `This key is ${status}.`;
}
