import { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { type AttributeValue, fromAttributes } from '../../core/store/attribute-value.ts';
import type { Sighting, SightingStore } from '../../core/store/sighting-store.ts';

/**
 * The handler of a Region's stream of networks that were seen there: each is noted where the control plane is, which
 * tells of it once, whichever Region saw it first. The first record that can't be noted is reported, and Lambda
 * delivers from there again.
 */
export function relayHandler(home: SightingStore, logger = new Logger()) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    for (const record of Records) {
      const sighting = sightingIn(record);
      if (sighting === undefined) continue;
      try {
        await home.note(sighting);
      } catch (error) {
        const itemIdentifier = record.dynamodb?.SequenceNumber ?? '';
        logger.error('a network could not be noted where the control plane is', {
          sequenceNumber: itemIdentifier,
          error: error as Error,
        });
        return { batchItemFailures: [{ itemIdentifier }] };
      }
    }
    return { batchItemFailures: [] };
  };
}

/** As it was written last; undefined for what ended, and for other items. */
function sightingIn({ dynamodb }: DynamoDBRecord): Sighting | undefined {
  const image = dynamodb?.NewImage as Record<string, AttributeValue> | undefined;
  return image && dynamodb?.Keys?.pk?.S?.startsWith('SEEN#')
    ? (fromAttributes(image) as unknown as Sighting)
    : undefined;
}
