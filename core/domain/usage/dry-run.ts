import { permissionRefusal } from '../decision/checks.ts';
import { canonicalJson } from '../ground/canonical-json.ts';
import { inNetwork, type Network, parseNetwork } from '../ground/ip-address.ts';
import type { ApiKeyType } from '../keys/api-key.ts';
import type { ApiRoute } from '../products/protected-api.ts';
import { type Requirement, requirementOf } from '../products/route-table.ts';
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

type Judgement = 'admitted' | 'refused' | 'unknown';

const MOST_SHOWN = 20;

/**
 * Plays a change against what was counted.
 * @param routesOf all that APIs of a key’s environment declare: a count names a route and not its API
 */
export function dryRun(keys: readonly TriedKey[], routesOf: (key: TriedKey) => readonly ApiRoute[]): DryRun {
  const total = { calls: 0, refused: 0, admittedAnew: 0, unknown: 0 };
  const refusedOf = new Map<string, number>();
  const uses = new Map<string, DryRun['uses'][number]>();
  for (const key of keys) {
    const routes = routesOf(key);
    for (const [name, requests] of key.uses.flatMap((counts) => Object.entries(counts))) {
      const use = useOf(name);
      const comes = use === undefined ? 'unknown' : becomes(key, use, routes);
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

function becomes(
  { type, before, after }: TriedKey,
  use: KeyUse,
  routes: readonly ApiRoute[],
): 'same' | 'refused' | 'admittedAnew' | 'unknown' {
  const [was, is] = [judge(type, before, use, routes), judge(type, after, use, routes)];
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

function judge(type: ApiKeyType, rules: KeyRules, use: KeyUse, routes: readonly ApiRoute[]): Judgement {
  const both = [judgeNetwork(rules, use), judgePermission(type, rules, use, routes)];
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
  routes: readonly ApiRoute[],
): Judgement {
  if (!route.startsWith('/') || method === 'OTHER') return 'unknown';
  const caller = { keyType, granted: Permissions.of(permissions) };
  const found = requirementsOf(method, route, routes).map(
    (requirement) => permissionRefusal(caller, requirement) === undefined,
  );
  if (found.every(Boolean)) return 'admitted';
  return found.some(Boolean) ? 'unknown' : 'refused';
}

/** What each API that may be meant asks; the default where none declares the route, or where it could be one's. */
function requirementsOf(method: string, path: string, routes: readonly ApiRoute[]): Requirement[] {
  const declared = routes.filter(
    (route) =>
      route.path === path &&
      (route.method === method || route.method === 'ANY' || (route.method === 'GET' && method === 'HEAD')),
  );
  const asked = declared.map((route) => requirementOf(route, method, path));
  return declared.length === 0 || !path.includes('{')
    ? [...asked, requirementOf(undefined, method, path)]
    : asked;
}
