import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { credentialIdOf, itemKey } from './item-keys.ts';

/**
 * Whose a key or subscription is, and nothing else of it; undefined when there is none with this id.
 * @param keyId `key_…` or `sub_…`
 */
export async function tenantOfKey({ client, name }: Table, keyId: string): Promise<string | undefined> {
  const { Item } = await client.send(
    new GetCommand({
      TableName: name,
      Key: itemKey.credential(credentialIdOf(keyId)),
      ProjectionExpression: 'tenantId',
      // Who asks may have made it a moment ago.
      ConsistentRead: true,
    }),
  );
  return Item?.tenantId as string | undefined;
}
