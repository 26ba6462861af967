import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, Exit, usage } from './exit.ts';
import { privateFile } from './output.ts';
import { configFolder } from './profile.ts';
import type { Run } from './run.ts';

/** Whose secret it is, for those who rotate it later. */
export interface SecretOwner {
  readonly type: 'apiKey' | 'subscription' | 'clientKey' | 'invitation';
  readonly id: string;
  readonly tenant?: string;
}

/** Takes one secret; what became of it, in words. */
export type SecretPlace = (secret: string, owner: SecretOwner) => Promise<string>;

/**
 * Where a secret is to go, decided before it is made: one that has no place would be lost.
 * @throws Exit where standard output is no terminal and nothing else was named
 */
export function secretPlace(run: Run): SecretPlace {
  const { showSecret, secretFile, toSecretsManager } = run.options;
  if (toSecretsManager !== undefined) return (secret, owner) => stored(run, toSecretsManager, secret, owner);
  if (secretFile !== undefined) {
    const file = privateFile(secretFile);
    return async (secret) => {
      file.write(`${secret}\n`);
      return `${hint(secret)} written to ${secretFile}`;
    };
  }
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

/** In the form in which Keywright's rotation of stored keys finds it. */
async function stored(run: Run, name: string, key: string, owner: SecretOwner): Promise<string> {
  const { SecretsManagerClient, PutSecretValueCommand, CreateSecretCommand } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  const client = new SecretsManagerClient({});
  const SecretString = JSON.stringify({ keywright: owner, key });
  try {
    const put = await client
      .send(new PutSecretValueCommand({ SecretId: name, SecretString }))
      .catch((error: Error) => {
        if (error.name !== 'ResourceNotFoundException') throw error;
        return client.send(new CreateSecretCommand({ Name: name, SecretString }));
      });
    return `${hint(key)} stored in ${name}, version ${put.VersionId?.slice(0, 4)}…`;
  } catch (error) {
    const path = rescued(owner.id, key);
    run.out.warn(`${name} could not be written: ${error instanceof Error ? error.message : error}`);
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
