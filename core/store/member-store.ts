import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { Change } from '../domain/audit/audit-event.ts';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { Membership } from '../domain/people/person.ts';
import { memberOf, newTeam, type Team } from '../domain/tenants/team.ts';
import { TENANT_ID } from '../domain/tenants/tenant.ts';
import { writeIf } from './conditional-write.ts';
import { Conflict } from './conflict.ts';
import { unended } from './ending.ts';
import { insertItem, readItem, stateOf, updateItem } from './item.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey, listPartition } from './item-keys.ts';

/** One BatchGetItem. */
export const MOST_TENANTS = 100;

/**
 * Who is a member of which tenant, in the main table: a team's item, which alone decides, and for each person an
 * item of the tenants to look in. That one is written first and may name too many: a name in it grants nothing.
 */
export class MemberStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** A tenant's team as it is now; an empty one where nobody was invited yet. */
  async team(tenantId: string): Promise<Team> {
    const item = await readItem(this.#table, itemKey.team(tenantId));
    return item === undefined ? newTeam(tenantId) : stateOf<Team>(item);
  }

  /** @throws Conflict when the team is no longer as `before` */
  async write(before: Team, change: Change<Team>): Promise<void> {
    const { tenantId } = before;
    const key = itemKey.team(tenantId);
    if (before.revision > 0) return updateItem(this.#table, key, before, change);
    const place = { ...key, listPk: listPartition.teamOf(tenantId), listSk: change.event.time };
    try {
      await insertItem(this.#table, place, change, undefined);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'already_exists') throw error;
      throw new Conflict(await this.team(tenantId), 'atOnce');
    }
  }

  /** The hashes of an invitation's tokens that were mailed, read consistently. */
  async mailedTokens(invitationId: string, now: Date): Promise<readonly string[]> {
    const item = unended(await readItem(this.#table, itemKey.mailedTokens(invitationId)), now);
    return [...((item?.hashes as ReadonlySet<string> | undefined) ?? [])];
  }

  /**
   * What a person is by membership, read consistently.
   * @param tenantId in this tenant; in all where undefined, which needs a reading before
   */
  async membershipsOf(sub: string, tenantId: string | undefined): Promise<readonly Membership[]> {
    const named = tenantId === undefined ? await this.#tenantsOf(sub) : [tenantId];
    const keys = named.filter((id) => TENANT_ID.test(id)).map(itemKey.team);
    const memberships: Membership[] = [];
    const reading = { ProjectionExpression: 'tenantId, members' };
    for await (const item of itemsByKey(this.#table, keys, reading)) {
      const team = stateOf<Pick<Team, 'tenantId' | 'members'>>(item);
      const role = memberOf(team, sub)?.role;
      if (role !== undefined) memberships.push({ tenantId: team.tenantId, role });
    }
    return memberships;
  }

  /**
   * Notes that a person is to become a member of a tenant, before that is so.
   * @throws DomainError `invalid_state` for who is a member of as many as one can be
   */
  async noteTenant(sub: string, tenantId: string): Promise<void> {
    if (await this.#add(sub, tenantId)) return;
    // Full: of where the person is no member any more nothing need be known.
    const memberships = await this.membershipsOf(sub, undefined);
    const isMember = (id: string) => memberships.some((membership) => membership.tenantId === id);
    const former = (await this.#tenantsOf(sub)).filter((id) => !isMember(id));
    if (former.length > 0) await this.#forget(sub, former);
    if (former.length > 0 && (await this.#add(sub, tenantId))) return;
    throw new DomainError('invalid_state', `One person is a member of at most ${MOST_TENANTS} tenants`);
  }

  async #tenantsOf(sub: string): Promise<readonly string[]> {
    for await (const { tenantIds } of itemsByKey(this.#table, [itemKey.person(sub)])) {
      return [...((tenantIds as ReadonlySet<string> | undefined) ?? [])];
    }
    return [];
  }

  async #add(sub: string, tenantId: string): Promise<boolean> {
    const update = new UpdateCommand({
      TableName: this.#table.name,
      Key: itemKey.person(sub),
      UpdateExpression: 'ADD tenantIds :added',
      ConditionExpression:
        'attribute_not_exists(tenantIds) OR contains(tenantIds, :tenantId) OR size(tenantIds) < :most',
      ExpressionAttributeValues: {
        ':added': new Set([tenantId]),
        ':tenantId': tenantId,
        ':most': MOST_TENANTS,
      },
    });
    return writeIf(this.#table, update);
  }

  async #forget(sub: string, tenantIds: readonly string[]): Promise<void> {
    await this.#table.client.send(
      new UpdateCommand({
        TableName: this.#table.name,
        Key: itemKey.person(sub),
        UpdateExpression: 'DELETE tenantIds :former',
        ExpressionAttributeValues: { ':former': new Set(tenantIds) },
      }),
    );
  }
}
