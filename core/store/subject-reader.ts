import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { AuditEvent } from '../contract/events.ts';
import type { Subject } from '../domain/mail/notice.ts';
import { credentialIdOf, type ItemKey, itemKey } from './item-keys.ts';

/** What things are called and who made them, and nothing else of them, for whoever tells people of them. */
export class SubjectReader {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** What is known of an event's subject; empty where there is nothing to look up, or nothing any more. */
  async subjectOf({ subject: { type, id } }: AuditEvent): Promise<Subject> {
    if (type === 'apiKey' || type === 'subscription') {
      const key = itemKey.credential(credentialIdOf(id));
      return this.#read(key, ['name', 'environment', 'createdBy']);
    }
    return type === 'api' ? this.#read(itemKey.api(id), ['name', 'environment']) : {};
  }

  /** undefined for a tenant that there is none of */
  async tenantName(tenantId: string): Promise<string | undefined> {
    return (await this.#read(itemKey.tenant(tenantId), ['name'])).name;
  }

  async #read({ pk, sk }: ItemKey, attributes: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { Item = {} } = await this.#table.client.send(
      new GetCommand({
        TableName: this.#table.name,
        Key: { pk, sk },
        ProjectionExpression: attributes.map((_, i) => `#n${i}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(attributes.map((name, i) => [`#n${i}`, name])),
        ConsistentRead: true,
      }),
    );
    return Item as Record<string, string>;
  }
}
