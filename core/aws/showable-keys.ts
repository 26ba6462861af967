import {
  CreateSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { DomainError } from '../domain/ground/domain-error.ts';

/**
 * Where the texts of keys that can be shown again are kept. It may hold more texts of an owner than are
 * valid: which of them is a key's text is decided by the digest in the key's item and by nothing else.
 */
export interface ShowableKeys {
  /** All texts that are kept for an owner (`sub_…`, `api_…`); none for an unknown one. */
  texts(owner: string): Promise<readonly string[]>;
  /**
   * Keeps texts beside those that are there; of any number of additions at once none is lost.
   * @param isNeeded whether a text that was there must stay; one that was added within the last hour does
   *   in any case, since the write that makes it valid may be under way
   */
  add(
    owner: string,
    texts: readonly string[],
    options: { readonly now: Date; readonly isNeeded: (text: string) => boolean },
  ): Promise<void>;
}

/** A secret's JSON: `{"keys":[{"text":"sub_live_…","addedAt":"2026-11-22T12:00:00.000Z"}]}`. */
interface KeptKeys {
  readonly keys: readonly { readonly text: string; readonly addedAt: string }[];
}

const CURRENT = 'AWSCURRENT';
const PENDING = 'AWSPENDING';
const MOST_ATTEMPTS = 5;
/** Longer than any request lives, so that no text is swept whose table write may still come. */
const KEPT_MILLISECONDS = 3_600_000;

/**
 * Showable keys in Secrets Manager, one secret per owner. An addition becomes current by a label that
 * moves only from the version that was read, so that two at once never overwrite one another.
 */
export class ShowableKeySecrets implements ShowableKeys {
  readonly #client: SecretsManagerClient;
  readonly #prefix: string;
  readonly #kmsKeyId: string;

  /**
   * @param prefix what precedes the owner's id in a secret's name
   * @param kmsKeyId ARN of the KMS key that the secrets are encrypted with
   */
  constructor(client: SecretsManagerClient, prefix: string, kmsKeyId: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#kmsKeyId = kmsKeyId;
  }

  async texts(owner: string): Promise<readonly string[]> {
    const current = await this.#read(owner);
    return current === undefined ? [] : current.keys.map(({ text }) => text);
  }

  /** @throws DomainError `conflict` when others keep adding at the same moment */
  async add(
    owner: string,
    texts: readonly string[],
    { now, isNeeded }: Parameters<ShowableKeys['add']>[2],
  ): Promise<void> {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts++) {
      const current = await this.#read(owner);
      const kept = (current?.keys ?? []).filter(
        ({ text, addedAt }) => now.getTime() - Date.parse(addedAt) < KEPT_MILLISECONDS || isNeeded(text),
      );
      const added = texts.filter((text) => !kept.some((key) => key.text === text));
      if (added.length === 0) return;
      const keys = [...kept, ...added.map((text) => ({ text, addedAt: now.toISOString() }))];
      const written =
        current === undefined
          ? await this.#create(owner, { keys })
          : await this.#replace(owner, current.versionId, { keys });
      if (written) return;
    }
    throw new DomainError('conflict', 'Others are changing these keys at the same moment; try again');
  }

  async #read(owner: string): Promise<(KeptKeys & { versionId: string }) | undefined> {
    try {
      const { SecretString, VersionId } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: this.#prefix + owner }),
      );
      return { ...(JSON.parse(SecretString ?? '') as KeptKeys), versionId: String(VersionId) };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** False when there is one meanwhile. */
  async #create(owner: string, keys: KeptKeys): Promise<boolean> {
    const create = new CreateSecretCommand({
      Name: this.#prefix + owner,
      KmsKeyId: this.#kmsKeyId,
      SecretString: JSON.stringify(keys),
    });
    return this.#client.send(create).then(() => true, unless(ResourceExistsException));
  }

  /** False when `versionId` is no longer the current version. */
  async #replace(owner: string, versionId: string, keys: KeptKeys): Promise<boolean> {
    const SecretId = this.#prefix + owner;
    const { VersionId } = await this.#client.send(
      new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(keys), VersionStages: [PENDING] }),
    );
    const move = new UpdateSecretVersionStageCommand({
      SecretId,
      VersionStage: CURRENT,
      MoveToVersionId: VersionId,
      RemoveFromVersionId: versionId,
    });
    return this.#client
      .send(move)
      .then(() => true, unless(InvalidParameterException, InvalidRequestException));
  }
}

/** A rejection's handler: false for these refusals, the error itself for any other. */
function unless(...refusals: (abstract new (...parameters: never[]) => Error)[]): (error: unknown) => false {
  return (error) => {
    if (refusals.some((refusal) => error instanceof refusal)) return false;
    throw error;
  };
}
