import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import { TURN_ATTRIBUTE } from '../contract/deployment.ts';
import type { AuditEvent } from '../contract/events.ts';
import { writeIf } from './conditional-write.ts';
import type { Turn } from './conflict.ts';
import type { ItemKey } from './item-keys.ts';

const TURN_MILLISECONDS = 1000;
const NAMES = { '#turn': TURN_ATTRIBUTE, '#of': 'of', '#until': 'until' };
/** No turn, one that is over, or one's own. */
const IS_FREE = 'attribute_not_exists(#turn) OR #turn.#until < :time OR #turn.#of = :request';

interface Update {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Record<string, unknown>;
}

/**
 * A change's update that lets others have their turn, and ends its own.
 * @param change `isFirst` for what waits for nobody
 */
export function conditionOfTurn(
  update: Update,
  { event, isFirst }: { readonly event: AuditEvent; readonly isFirst: boolean },
): Update {
  const { UpdateExpression, ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues } =
    update;
  const names = isFirst ? { '#turn': TURN_ATTRIBUTE } : NAMES;
  return {
    UpdateExpression: `${UpdateExpression}${/ REMOVE /.test(UpdateExpression) ? ',' : ' REMOVE'} #turn`,
    ConditionExpression: isFirst ? ConditionExpression : `${ConditionExpression} AND (${IS_FREE})`,
    ExpressionAttributeNames: { ...ExpressionAttributeNames, ...names },
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ...(!isFirst && { ':time': event.time, ':request': event.requestId }),
    },
  };
}

interface TurnTaking {
  readonly event: AuditEvent;
  readonly isFirst: boolean;
  /** Gives the item's state as it is now. */
  readonly read: () => Promise<unknown>;
}

/**
 * The turn of the request that an event is of. It is no change of the item: neither revision nor event say so.
 * @param change `isFirst` for what waits for nobody, and takes anybody's
 */
export function turnOf(table: Table, key: ItemKey, { event, isFirst, read }: TurnTaking): Turn {
  const until = new Date(Date.parse(event.time) + TURN_MILLISECONDS).toISOString();
  const { pk, sk } = key;
  const send = async (input: Update) => {
    const update = new UpdateCommand({ TableName: table.name, Key: { pk, sk }, ...input });
    // Where it is somebody else's one waits.
    await writeIf(table, update);
  };
  return {
    takenAfter: isFirst ? 1 : 2,
    take: async () => {
      await send({
        UpdateExpression: 'SET #turn = :turn',
        ConditionExpression: isFirst ? 'attribute_exists(pk)' : `attribute_exists(pk) AND (${IS_FREE})`,
        ExpressionAttributeNames: isFirst ? { '#turn': TURN_ATTRIBUTE } : NAMES,
        ExpressionAttributeValues: {
          ':turn': { of: event.requestId, until },
          ...(!isFirst && { ':time': event.time, ':request': event.requestId }),
        },
      });
      return isFirst ? read() : undefined;
    },
    giveBack: () =>
      send({
        UpdateExpression: 'REMOVE #turn',
        ConditionExpression: '#turn.#of = :request',
        ExpressionAttributeNames: { '#turn': TURN_ATTRIBUTE, '#of': 'of' },
        ExpressionAttributeValues: { ':request': event.requestId },
      }),
  };
}
