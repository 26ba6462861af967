import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../core/aws/document-client.ts';

/** Does work in which so many read before any of them writes to the store. */
export async function atOnce<Result>(
  store: { update: (...change: never[]) => Promise<void> },
  count: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const update = store.update.bind(store);
  const all = Promise.withResolvers<void>();
  let ready = 0;
  store.update = async (...change) => {
    ready += 1;
    if (ready === count) all.resolve();
    await all.promise;
    return update(...change);
  };
  try {
    return await work();
  } finally {
    store.update = update;
  }
}

/** Does something right before each of the next writes of others, of which the first `times` are overtaken. */
export async function overtaken<Result>(
  { client }: Table,
  times: number,
  edit: () => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  let left = times;
  let isEditing = false;
  const overtaking = async (command: unknown) => {
    if (command instanceof UpdateCommand && !isEditing && left > 0) {
      left -= 1;
      isEditing = true;
      try {
        await edit();
      } finally {
        isEditing = false;
      }
    }
    return send(command);
  };
  client.send = overtaking as typeof client.send;
  try {
    return await work();
  } finally {
    client.send = send as typeof client.send;
  }
}
