import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, Exit, usage } from './exit.ts';
import { privateFile } from './output.ts';
import { configFolder } from './profile.ts';
import type { Run } from './run.ts';
import type { SecretOwner, StoredSecret } from './stored-secret.ts';

/** Takes one secret; what became of it, in words. */
export type SecretPlace = (secret: string, owner: SecretOwner) => Promise<string>;

/**
 * Where a secret is to go, decided before it is made: one that has no place would be lost.
 * @throws Exit where standard output is no terminal and nothing else was named, and where what was named can't be read
 */
export async function secretPlace(run: Run): Promise<SecretPlace> {
  const { showSecret, secretFile, toSecretsManager, quiet } = run.options;
  if (toSecretsManager !== undefined) {
    const { StoredSecret } = await import('./stored-secret.ts');
    const secretThere = await StoredSecret.open(toSecretsManager);
    return (secret, owner) => stored(run, secretThere, secret, owner);
  }
  if (secretFile !== undefined) {
    const file = privateFile(secretFile);
    return async (secret) => {
      file.write(`${secret}\n`);
      return `${hint(secret)} written to ${secretFile}`;
    };
  }
  if (quiet)
    throw usage(
      'This shows a secret, and --quiet prints ids only: say where it goes, by --secret-file or --to-secrets-manager',
    );
  if (showSecret || run.out.isTerminal) {
    return async (secret) => {
      // With JSON it stands in the object.
      if (!run.out.isJson) run.out.line(run.out.isTerminal ? `  ${run.out.style('bold', secret)}` : secret);
      return 'shown above';
    };
  }
  throw usage(
    'This shows a secret, and standard output is no terminal: say where it goes, by --show-secret, --secret-file or --to-secrets-manager',
  );
}

/** Whether the secret may stand in what is printed. */
export function isShown({ options, out }: Run): boolean {
  const elsewhere = options.secretFile ?? options.toSecretsManager;
  return elsewhere === undefined && (options.showSecret === true || out.isTerminal);
}

function hint(secret: string): string {
  return `…${secret.slice(-4)}`;
}

async function stored(run: Run, place: StoredSecret, key: string, owner: SecretOwner): Promise<string> {
  try {
    const version = await place.put(key, owner);
    return `${hint(key)} stored in ${place.name}, version ${version.slice(0, 4)}…`;
  } catch (error) {
    const path = rescued(owner.id, key);
    run.out.warn(`${place.name} could not be written: ${error instanceof Error ? error.message : error}`);
    throw new Exit(
      EXIT.unavailable,
      `The secret is in ${path}, for you alone: store it, then remove that file`,
    );
  }
}

/** Nothing is lost because a secret could not be put where it was to go. */
function rescued(id: string, secret: string): string {
  mkdirSync(configFolder(), { recursive: true, mode: 0o700 });
  const path = join(configFolder(), `not-stored-${id.replaceAll(/\W/g, '_')}-${Date.now()}`);
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  return path;
}
