import type { Table } from '../aws/document-client.ts';
import type { Credential } from '../domain/products/credential.ts';
import { readItem, stateOf } from './item.ts';
import { itemKey } from './item-keys.ts';

/** Whether what stands in a credential's place is one. */
export function isCredential(item: Readonly<Record<string, unknown>>): boolean {
  return item.tenantId !== undefined;
}

/** Credentials of either kind, by the 12 characters inside their keys. */
export class CredentialStore {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** As it is now; undefined when there is none. */
  async get(credentialId: string): Promise<Credential | undefined> {
    const item = await readItem(this.#table, itemKey.credential(credentialId));
    return item !== undefined && isCredential(item) ? stateOf<Credential>(item) : undefined;
  }
}
