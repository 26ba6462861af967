import type { LimitStore } from '../access/limiter.ts';
import { type AwsCall, AwsError } from '../aws/aws-call.ts';
import { TTL_ATTRIBUTE } from '../contract/deployment.ts';
import { itemKey } from './item-keys.ts';

/**
 * A window's item stays this long after its end. An instance whose clock is behind still leases from it;
 * AWS refuses signatures by clocks that are off by more than some minutes.
 */
const KEPT_SECONDS = 24 * 3600;

/**
 * Limits' windows in the main table, one item each, changed by one conditional update per lease.
 * @param region where the table is; it is part of the items' keys, because the last of two Regions' writes
 *   to one item of a global table would undo the other's
 */
export function limitStore(options: {
  readonly dynamodb: AwsCall;
  readonly table: string;
  readonly region: string;
}): LimitStore {
  const { dynamodb, table, region } = options;
  return {
    async lease({ credentialId, policy, window, units }) {
      const { pk, sk } = itemKey.limitWindow(credentialId, window.id, region);
      const ttl = Math.ceil(window.end / 1000) + KEPT_SECONDS;
      try {
        const { Attributes } = await dynamodb('UpdateItem', {
          TableName: table,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'SET #ttl = :ttl ADD used :units',
          ConditionExpression: 'attribute_not_exists(used) OR used <= :most',
          ExpressionAttributeNames: { '#ttl': TTL_ATTRIBUTE },
          ExpressionAttributeValues: {
            ':ttl': { N: `${ttl}` },
            ':units': { N: `${units}` },
            ':most': { N: `${policy.limit - units}` },
          },
          ReturnValues: 'UPDATED_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        });
        return { granted: true, used: usedOf(Attributes) };
      } catch (error) {
        if (!(error instanceof AwsError) || error.name !== 'ConditionalCheckFailedException') throw error;
        return { granted: false, used: usedOf(error.fields.Item) };
      }
    },
  };
}

/** @throws TypeError for an answer without it: a limit must not be taken for unused */
function usedOf(attributes: unknown): number {
  const used = Number((attributes as { used?: { N?: string } } | undefined)?.used?.N);
  if (!Number.isSafeInteger(used)) throw new TypeError('DynamoDB did not say what is used of the limit');
  return used;
}
