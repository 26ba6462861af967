import { permissionRefusal } from '../decision/checks.ts';
import { canonicalJson } from '../ground/canonical-json.ts';
import { inNetwork, type Network, parseNetwork } from '../ground/ip-address.ts';
import type { ApiKeyType } from '../keys/api-key.ts';
import type { KeyType } from '../products/credential.ts';
import { type Asked, askedOf, declares, type NamedRequests } from '../products/named-requests.ts';
import type { ApiRoute } from '../products/protected-api.ts';
import { Permissions } from '../tenants/permission.ts';
import type { Counts } from './access-record.ts';
import { type KeyUse, useOf } from './key-use.ts';

/** What of a key decides on a route and a network. */
export interface KeyRules {
  readonly permissions: readonly string[];
  /** Empty for any network. */
  readonly allowedCidrs: readonly string[];
}

/** A key as it is and as it would be, and how it was used. */
export interface TriedKey {
  readonly keyId: string;
  readonly type: ApiKeyType;
  readonly before: KeyRules;
  readonly after: KeyRules;
  /** Of the time that is looked at. */
  readonly uses: readonly Counts[];
}

/** What a change would have made of calls that were counted; lists have the most frequent first. */
export interface DryRun {
  readonly calls: number;
  /** Calls that the change would refuse. */
  readonly refused: number;
  /** Calls that are refused as things are, and would not be any more. */
  readonly admittedAnew: number;
  /** Calls of which counts can't tell. */
  readonly unknown: number;
  /** Those of which calls would be refused. */
  readonly keys: readonly { readonly keyId: string; readonly refused: number }[];
  readonly uses: readonly {
    readonly keyId: string;
    readonly network: string;
    readonly route: string;
    readonly requests: number;
  }[];
}

export type Judgement = 'admitted' | 'refused' | 'unknown';
/** What a change makes of a request; `elsewhere` for one that it is not about. */
export type Outcome = 'same' | 'refused' | 'admittedAnew' | 'unknown' | 'elsewhere';

const MOST_SHOWN = 20;

type Tables = readonly (readonly ApiRoute[])[];

/**
 * Plays a change of keys against what was counted.
 * @param tablesOf the route tables of all APIs of a key’s environment, or of the one that a count names
 */
export function dryRun(
  keys: readonly TriedKey[],
  tablesOf: (key: TriedKey, apiId: string | undefined) => Tables,
): DryRun {
  return play(keys, (key, use) =>
    use === undefined ? 'unknown' : becomes(key, use, tablesOf(key, use.apiId)),
  );
}

interface CountedKey {
  readonly keyId: string;
  readonly uses: readonly Counts[];
}

/** Sums up what becomes of each count; undefined stands for counts that have lost their name. */
export function play<Key extends CountedKey>(
  keys: readonly Key[],
  outcomeOf: (key: Key, use: KeyUse | undefined) => Outcome,
): DryRun {
  const total = { calls: 0, refused: 0, admittedAnew: 0, unknown: 0 };
  const refusedOf = new Map<string, number>();
  const uses = new Map<string, DryRun['uses'][number]>();
  for (const key of keys) {
    for (const [name, requests] of key.uses.flatMap((counts) => Object.entries(counts))) {
      const use = useOf(name);
      const comes = outcomeOf(key, use);
      if (comes === 'elsewhere') continue;
      total.calls += requests;
      if (comes !== 'same') total[comes] += requests;
      if (comes !== 'refused' || use === undefined) continue;
      refusedOf.set(key.keyId, (refusedOf.get(key.keyId) ?? 0) + requests);
      const shown = { keyId: key.keyId, network: use.network, route: `${use.method} ${use.route}` };
      const id = JSON.stringify(shown);
      uses.set(id, { ...shown, requests: (uses.get(id)?.requests ?? 0) + requests });
    }
  }
  const sorted = [...refusedOf].map(([keyId, refused]) => ({ keyId, refused }));
  return {
    ...total,
    keys: sorted.sort((a, b) => b.refused - a.refused || (a.keyId < b.keyId ? -1 : 1)),
    uses: [...uses.values()].sort((a, b) => b.requests - a.requests).slice(0, MOST_SHOWN),
  };
}

function becomes({ type, before, after }: TriedKey, use: KeyUse, tables: Tables): Outcome {
  const [was, is] = [judge(type, before, use, tables), judge(type, after, use, tables)];
  if (was === 'unknown' || is === 'unknown') return isSame(before, after) ? 'same' : 'unknown';
  if (was === is) return 'same';
  return is === 'refused' ? 'refused' : 'admittedAnew';
}

function isSame(before: KeyRules, after: KeyRules): boolean {
  const { permissions, allowedCidrs } = before;
  return (
    canonicalJson([permissions, allowedCidrs]) === canonicalJson([after.permissions, after.allowedCidrs])
  );
}

function judge(type: ApiKeyType, rules: KeyRules, use: KeyUse, tables: Tables): Judgement {
  const both = [judgeNetwork(rules, use), judgePermission(type, rules, use, tables)];
  if (both.includes('refused')) return 'refused';
  return both.includes('unknown') ? 'unknown' : 'admitted';
}

/** A count knows the /24 or /48: of what lies in it partly nobody knows. */
function judgeNetwork({ allowedCidrs }: KeyRules, { network }: KeyUse): Judgement {
  if (allowedCidrs.length === 0) return 'admitted';
  const counted = parseNetwork(network);
  if (counted === undefined) return 'unknown';
  const allowed = allowedCidrs.map(parseNetwork).filter((one): one is Network => one !== undefined);
  if (allowed.some((one) => one.bits <= counted.bits && inNetwork(counted.address, one))) return 'admitted';
  return allowed.some((one) => inNetwork(one.address, counted)) ? 'unknown' : 'refused';
}

function judgePermission(
  keyType: ApiKeyType,
  { permissions }: KeyRules,
  { method, route }: KeyUse,
  tables: Tables,
): Judgement {
  if (!route.startsWith('/') || method === 'OTHER') return 'unknown';
  const caller = { keyType, granted: Permissions.of(permissions) };
  // Tokens are not counted: of the tenant scheme, whose keys these are, no route asks for scopes.
  return judgeAsked(caller, requirementsOf({ method, name: route }, tables));
}

/** What is known of a request that met one of these, whatever its token had. */
export function judgeAsked(
  caller: { readonly keyType: KeyType; readonly granted: Permissions },
  asked: readonly Asked[],
): Judgement {
  return together(
    asked.map((one) => {
      if (permissionRefusal(caller, { ...one, scopes: undefined }) === undefined) return 'admitted';
      return one.isHidden && caller.keyType !== 'publishable' ? 'unknown' : 'refused';
    }),
  );
}

function together(judgements: readonly Judgement[]): Judgement {
  const [first, ...others] = new Set(judgements);
  return first === undefined || others.length > 0 ? 'unknown' : first;
}

/**
 * What each API that may be meant asks: those that declare the route, and the default rule where none does or where
 * it could be a resource's name.
 */
function requirementsOf(requests: NamedRequests, tables: Tables): Asked[] {
  const declaring = tables.filter((table) => declares(table, requests));
  // Of one table it is known what it asks, also where it declares the route no more.
  const meant = tables.length === 1 ? tables : declaring;
  const asked = meant.flatMap((table) => askedOf(requests, table));
  return meant.length === 0 ? askedOf(requests, []) : asked;
}
