import { UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { LAST_EVENT } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { Digest } from '../domain/keys/pepper.ts';
import { writeIf } from './conditional-write.ts';
import { itemKey } from './item-keys.ts';

/**
 * What is rewritten of credentials as their keys are used: single entries, each on the condition that it is
 * still what was read. Revisions stay as they are, so that a renewal is no conflict for an admin's change.
 */
export class UpkeepStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Replaces a digest by one of the same secret, its event in the same write, unless it has changed meanwhile. */
  async renewDigest(renewal: {
    readonly credentialId: string;
    readonly secretId: string;
    readonly from: Digest;
    readonly to: Digest;
    readonly event: AuditEvent;
  }): Promise<void> {
    const { credentialId, secretId, from, to, event } = renewal;
    await this.#update(credentialId, {
      UpdateExpression: 'SET digests.#secret = :to, #event = :event',
      ConditionExpression: 'digests.#secret.hmac = :from',
      ExpressionAttributeNames: { '#secret': secretId, '#event': LAST_EVENT },
      ExpressionAttributeValues: { ':from': from.hmac, ':to': to, ':event': event },
    });
  }

  /** Notes when an imported secret was first used, unless that is noted. */
  async noteFirstUse(use: {
    readonly credentialId: string;
    readonly secretId: string;
    readonly time: string;
  }): Promise<void> {
    await this.#update(use.credentialId, {
      UpdateExpression: 'SET imported.#secret = :time',
      ConditionExpression: 'imported.#secret = :unused',
      ExpressionAttributeNames: { '#secret': use.secretId },
      ExpressionAttributeValues: { ':time': use.time, ':unused': null },
    });
  }

  async #update(credentialId: string, update: Omit<UpdateCommandInput, 'TableName' | 'Key'>): Promise<void> {
    const { pk, sk } = itemKey.credential(credentialId);
    // Where somebody else was first, that is all that was wanted, or it is another secret now.
    await writeIf(
      this.#table,
      new UpdateCommand({ TableName: this.#table.name, Key: { pk, sk }, ...update } as UpdateCommandInput),
    );
  }
}
