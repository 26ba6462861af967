import { RESOURCE } from '../../core/contract/deployment.ts';
import type { Item } from './expressions.ts';
import type { Commit } from './tables.ts';
import type { World } from './world.ts';

/** A request, as much of it as decides whether it may pass. */
export interface Claim {
  readonly credentialId: string;
  readonly text: string;
  readonly tenantId: string;
  readonly apiId: string;
  readonly action: 'read' | 'write';
}

/** Why a request may not pass at a moment. */
export type Objection = 'credential' | 'secret' | 'tenant' | 'permission' | 'product';

const RESOURCE_NAME = 'orders';

/**
 * What was stored at each moment, and what follows from it for a request by the contract: written anew here,
 * from nothing that the product decides by.
 */
export class Truth {
  readonly #history = new Map<string, Commit[]>();

  constructor(world: World) {
    world.onCommit.push((commit) => {
      if (commit.table !== RESOURCE.table) return;
      const commits = this.#history.get(commit.pk) ?? [];
      commits.push(commit);
      this.#history.set(commit.pk, commits);
    });
  }

  at(pk: string, time: number): Item | undefined {
    return this.#history.get(pk)?.findLast((commit) => commit.time <= time)?.after;
  }

  history(pk: string): readonly Commit[] {
    return this.#history.get(pk) ?? [];
  }

  /** Both ends of a span and each moment in it at which something about a request changed. */
  moments({ credentialId, tenantId }: Claim, from: number, to: number): readonly number[] {
    const product = this.at(`CRED#${credentialId}`, to)?.productId;
    const places = [`CRED#${credentialId}`, `TENANT#${tenantId}`, `PRODUCT#${product}`];
    const changes = places.flatMap((pk) => this.history(pk).map(({ time }) => time));
    return [from, ...changes.filter((time) => time > from && time < to), to];
  }

  /**
   * Everything that speaks against a request at a moment.
   * @param leniently how much later than it was, in milliseconds, a clock may be taken to be by which things end
   */
  objections(claim: Claim, time: number, leniently: number): readonly Objection[] {
    const credential = this.at(`CRED#${claim.credentialId}`, time);
    const tenant = this.at(`TENANT#${claim.tenantId}`, time);
    const clock = time - leniently;
    if (credential === undefined) return ['credential'];
    const objections: Objection[] = [];
    if (!isActive(credential, clock)) objections.push('credential');
    if (!hasSecret(credential, claim.text, clock)) objections.push('secret');
    if (tenant?.status !== 'active') objections.push('tenant');
    if (credential.productId === undefined) {
      if (!isGranted(credential, tenant, claim.action)) objections.push('permission');
    } else if (!this.#isSubscribed(credential, claim.apiId, time)) objections.push('product');
    return objections;
  }

  #isSubscribed({ productId }: Item, apiId: string, time: number): boolean {
    const apiIds = this.at(`PRODUCT#${productId}`, time)?.apiIds as readonly string[] | undefined;
    return apiIds?.includes(apiId) ?? false;
  }
}

function isActive({ status, state, expiresAt }: Item, clock: number): boolean {
  const isExpired = typeof expiresAt === 'string' && Date.parse(expiresAt) <= clock;
  return (status ?? state) === 'active' && !isExpired;
}

interface Secret {
  readonly hint: string;
  readonly expiresAt?: string;
}

/** Whether one of a credential's live secrets is this text, as far as four characters can tell. */
function hasSecret({ secrets, slots }: Item, text: string, clock: number): boolean {
  const all = (secrets ?? Object.values(Object(slots))) as readonly Secret[];
  return all.some(
    ({ hint, expiresAt }) =>
      text.endsWith(hint) && (expiresAt === undefined || Date.parse(expiresAt) > clock),
  );
}

/** A key may do what its role and, where it has any, its own permissions both allow. */
function isGranted({ role, permissions }: Item, tenant: Item | undefined, action: string): boolean {
  const granted = (tenant?.roles as Record<string, { permissions: readonly string[] }> | undefined)?.[
    String(role)
  ];
  const own = permissions as readonly string[] | undefined;
  const lists = [granted?.permissions ?? [], own ?? ['*:*']];
  return lists.every((list) =>
    list.some((permission) => {
      const [on, may] = permission.split(':');
      return (on === '*' || on === RESOURCE_NAME) && (may === '*' || may === action);
    }),
  );
}
