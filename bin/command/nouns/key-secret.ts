import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { cellOf, durationInWords } from '../format.ts';
import type { Run } from '../run.ts';
import { isShown, type SecretPlace } from '../secret-place.ts';

type Key = Schemas['Key'];

/** A key with its new secret, which has a place to go to. */
export async function tellSecret(
  run: Run,
  data: object,
  place: SecretPlace,
  { what, secret: called, quiet }: { what: string; secret: string; quiet?: number | undefined },
): Promise<void> {
  if (isWaiting(data)) run.waits(data.approval);
  const { key, secret } = data as { key: Key; secret?: string };
  const kept = secret && (await place(secret, { type: 'apiKey', id: key.keyId, tenant: key.tenantId }));
  if (run.out.isJson) {
    run.out.item(isShown(run) ? data : { key }, key.keyId);
  } else {
    const about = [key.environment, key.type, key.role].join(', ');
    run.out.done(
      `${what} ${key.keyId} (${about}). ${called} ${kept ?? 'not shown again: this is a repeat. Rotate the key to get another'}.`,
    );
    const old = key.secrets[1];
    if (old?.expiresAt) {
      const end = String(cellOf(old.expiresAt));
      const until =
        quiet === undefined ? end : `it has been silent for ${durationInWords(quiet)}, at most until ${end}`;
      run.out.done(`The old secret …${old.hint} works until ${until}.`);
    }
  }
  if (!run.out.isTerminal && !run.out.isJson && kept !== 'shown above') run.out.line(key.keyId);
}
