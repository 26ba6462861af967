import { canonicalJson } from '../ground/canonical-json.ts';
import type { KeyType } from '../products/credential.ts';
import { type Asked, askedOf, decideAlike } from '../products/named-requests.ts';
import type { ApiRoute } from '../products/protected-api.ts';
import { Permissions } from '../tenants/permission.ts';
import type { Counts } from './access-record.ts';
import { type DryRun, judgeAsked, type Outcome, play } from './dry-run.ts';
import { type KeyUse, LONGEST_ROUTE } from './key-use.ts';

/** A key or subscription that calls an API: what it may do, and how it was used. */
export interface TriedCaller {
  readonly keyId: string;
  readonly keyType: KeyType;
  readonly permissions: readonly string[];
  readonly uses: readonly Counts[];
}

/** An API's route table as it is and as it would be. */
export interface TriedRoutes {
  readonly apiId: string;
  readonly before: readonly ApiRoute[];
  readonly after: readonly ApiRoute[];
}

/** Plays a change of an API's route table against what was counted of its callers. */
export function dryRunOfRoutes(callers: readonly TriedCaller[], table: TriedRoutes): DryRun {
  return play(callers, (caller, use) => becomes(caller, use, table));
}

/** A call whose API was not written down may have been one of this API. */
function becomes(
  caller: TriedCaller,
  use: KeyUse | undefined,
  { apiId, before, after }: TriedRoutes,
): Outcome {
  if (use?.apiId !== undefined && use.apiId !== apiId) return 'elsewhere';
  if (canonicalJson(before) === canonicalJson(after)) return 'same';
  if (use === undefined || !use.route.startsWith('/') || use.method === 'OTHER') return 'unknown';
  // A name that may have been cut says nothing of what followed.
  if (use.route.length >= LONGEST_ROUTE) return 'unknown';
  const requests = { method: use.method, name: use.route };
  if (decideAlike(requests, before, after)) return 'same';
  if (use.apiId === undefined) return 'unknown';
  const [was, is] = [askedOf(requests, before), askedOf(requests, after, before)];
  const granted = { keyType: caller.keyType, granted: Permissions.of(caller.permissions) };
  const [judgedBefore, judgedAfter] = [judgeAsked(granted, was), judgeAsked(granted, is)];
  if (judgedBefore === 'unknown' || judgedAfter === 'unknown') return 'unknown';
  if (judgedAfter === 'refused') return judgedBefore === 'refused' ? 'same' : 'refused';
  // Which scopes tokens have is not counted.
  if (!askForSameScopes([...was, ...is])) return 'unknown';
  return judgedBefore === 'admitted' ? 'same' : 'admittedAnew';
}

function askForSameScopes(asked: readonly Asked[]): boolean {
  return new Set(asked.map(({ scopes = [] }) => canonicalJson([...new Set(scopes)].sort()))).size <= 1;
}
