import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { EXIT, Exit } from '../exit.ts';
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
  if (secret === undefined) return tellRepeat(run, key);
  const kept = await place(secret, { type: 'apiKey', id: key.keyId, tenant: key.tenantId });
  if (run.out.isJson) {
    run.out.item(isShown(run) ? data : { key }, key.keyId);
  } else {
    const about = [key.environment, key.type, key.role].join(', ');
    run.out.done(`${what} ${key.keyId} (${about}). ${called} ${kept}.`);
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

/** What was asked for once more has been done, and its secret was shown then: who wants to store it must not go on without. */
function tellRepeat(run: Run, key: Key): void {
  const { secretFile, toSecretsManager } = run.options;
  if (run.out.isJson) run.out.item({ key }, key.keyId);
  else run.out.line(key.keyId);
  const told = `This repeats what made ${key.keyId}, and its secret is not shown again; keywright keys rotate gives another`;
  if ((secretFile ?? toSecretsManager) !== undefined)
    throw new Exit(EXIT.conflict, `Nothing was stored. ${told}`);
  run.out.note(`${told}.`);
}
