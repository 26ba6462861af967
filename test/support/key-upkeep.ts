import { randomBytes } from 'node:crypto';
import type { KeyUpkeep } from '../../core/access/ports.ts';
import type { Table } from '../../core/aws/document-client.ts';
import { upkeepByEvent } from '../../core/aws/key-upkeep.ts';
import type { Pepper } from '../../core/domain/keys/pepper.ts';
import { AliasStore } from '../../core/store/alias-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { UpkeepStore } from '../../core/store/upkeep-store.ts';
import { keepUp, type UpkeepInquiry } from '../../functions/key-upkeep/keep-up.ts';

/** The function key-upkeep on a test's table, called with events as they go over the wire. */
export function upkeepOn(
  table: Table,
  pepper: () => Promise<Pepper>,
  now: () => number,
): { readonly upkeep: KeyUpkeep; readonly events: string[]; handle(event: UpkeepInquiry): Promise<void> } {
  const events: string[] = [];
  const handle = (event: UpkeepInquiry) =>
    keepUp(event, 'upkeep-1', {
      credentials: new CredentialStore(table),
      aliases: new AliasStore(table),
      upkeep: new UpkeepStore(table),
      pepper,
      now: () => new Date(now()),
      randomBytes,
    });
  const upkeep = upkeepByEvent(async (_, input) => {
    const event = JSON.stringify(input);
    events.push(event);
    await handle(JSON.parse(event));
    return {};
  }, randomBytes);
  return { upkeep, events, handle };
}
