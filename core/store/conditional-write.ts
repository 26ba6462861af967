import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';

/**
 * Sends a write that has a condition.
 * @returns whether it held, and so whether anything was written
 */
export async function writeIf(
  { client }: Pick<Table, 'client'>,
  write: DeleteCommand | PutCommand | UpdateCommand,
): Promise<boolean> {
  try {
    await client.send(write as UpdateCommand);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
