import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { EXIT, Exit, usage } from './exit.ts';

/** Whose secret it is, for those who rotate it later. */
export interface SecretOwner {
  readonly type: 'apiKey' | 'subscription' | 'clientKey' | 'invitation';
  readonly id: string;
  readonly tenant?: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** What of a stored key says whose it is. */
const OF_THE_OWNER = ['type', 'id', 'tenant'];

/** A secret of AWS Secrets Manager that is to hold a key, as it was before the key was made. */
export class StoredSecret {
  readonly name: string;
  readonly #client: SecretsManagerClient;
  readonly #fields: Fields;

  private constructor(name: string, client: SecretsManagerClient, fields: Fields) {
    this.name = name;
    this.#client = client;
    this.#fields = fields;
  }

  /** @throws Exit where it can't be read, or holds what is no key: before anything is made */
  static async open(name: string): Promise<StoredSecret> {
    const { SecretsManagerClient, GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const client = new SecretsManagerClient({});
    const before = await client.send(new GetSecretValueCommand({ SecretId: name })).catch((error: Error) => {
      if (error.name === 'ResourceNotFoundException') return undefined;
      throw unreadable(name, error);
    });
    return new StoredSecret(name, client, fieldsIn(name, before));
  }

  /**
   * Puts a key into it, in the form in which Keywright's rotation of stored keys finds it. Whatever else it holds stays.
   * @returns the new version
   * @throws Error where AWS refuses
   */
  async put(key: string, owner: SecretOwner): Promise<string> {
    const { PutSecretValueCommand, CreateSecretCommand } = await import('@aws-sdk/client-secrets-manager');
    const { keywright } = this.#fields;
    const others = Object.entries(Object(keywright) as Fields).filter(
      ([name]) => !OF_THE_OWNER.includes(name),
    );
    const SecretString = JSON.stringify({
      ...this.#fields,
      keywright: { ...owner, ...Object.fromEntries(others) },
      key,
    });
    const put = await this.#client
      .send(new PutSecretValueCommand({ SecretId: this.name, SecretString }))
      .catch((error: Error) => {
        if (error.name !== 'ResourceNotFoundException') throw error;
        return this.#client.send(new CreateSecretCommand({ Name: this.name, SecretString }));
      });
    return put.VersionId ?? '';
  }
}

/** What it holds, which is never quoted. */
function fieldsIn(name: string, before: { readonly SecretString?: string | undefined } | undefined): Fields {
  if (before === undefined) return {};
  try {
    const fields: unknown = JSON.parse(before.SecretString ?? '');
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as Fields;
  } catch {
    // It is told below.
  }
  throw usage(
    `${name} holds something else than JSON, which would be lost, so nothing was made: name another secret, or delete what it holds`,
  );
}

function unreadable(name: string, { name: code, message }: Error): Exit {
  const exit = /AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken/.test(code)
    ? EXIT.forbidden
    : /Credentials|Region is missing/.test(`${code} ${message}`)
      ? EXIT.usage
      : EXIT.unavailable;
  return new Exit(
    exit,
    `${name} can't be read in Secrets Manager, so nothing was made: ${message}\nThis takes a Region, credentials, and secretsmanager:GetSecretValue, PutSecretValue and, for a new one, CreateSecret.`,
  );
}
