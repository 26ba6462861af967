import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

/** What Secrets Manager sends: four of these for each turn, each perhaps more than once and in any order. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  /** The id of the version that this turn makes. */
  readonly ClientRequestToken: string;
}

/** The stages of each version of a secret, by its id. */
export type SecretVersions = Readonly<Record<string, readonly string[]>>;

export const CURRENT = 'AWSCURRENT';
export const PENDING = 'AWSPENDING';

/** A secret in one turn of its rotation. Whatever is done here may be repeated. */
export class RotatingSecret {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;
  readonly #token: string;

  constructor(client: SecretsManagerClient, { SecretId, ClientRequestToken }: RotationEvent) {
    this.#client = client;
    this.#secretId = SecretId;
    this.#token = ClientRequestToken;
  }

  async versions(): Promise<SecretVersions> {
    const { VersionIdsToStages = {} } = await this.#client.send(
      new DescribeSecretCommand({ SecretId: this.#secretId }),
    );
    return VersionIdsToStages;
  }

  /** The value that is handed out. */
  async current(): Promise<string | undefined> {
    const get = new GetSecretValueCommand({ SecretId: this.#secretId, VersionStage: CURRENT });
    return (await this.#client.send(get)).SecretString;
  }

  /** The value of the version that this turn makes; undefined while it has none. */
  async own(): Promise<string | undefined> {
    try {
      const get = new GetSecretValueCommand({ SecretId: this.#secretId, VersionId: this.#token });
      return (await this.#client.send(get)).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Stores the value that this turn makes. Where a repetition ran at the same time and was first, its own is as good. */
  async storePending(value: object): Promise<void> {
    try {
      await this.#client.send(
        new PutSecretValueCommand({
          SecretId: this.#secretId,
          ClientRequestToken: this.#token,
          SecretString: JSON.stringify(value),
          VersionStages: [PENDING],
        }),
      );
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error;
    }
  }

  /**
   * Makes the version of this turn the current one, in place of the one that was current in `versions`.
   * Rejects where another has become current since.
   */
  async makeCurrent(versions: SecretVersions): Promise<void> {
    const current = Object.entries(versions).find(([, stages]) => stages.includes(CURRENT))?.[0];
    if (current === this.#token) return;
    await this.#client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: this.#secretId,
        VersionStage: CURRENT,
        MoveToVersionId: this.#token,
        RemoveFromVersionId: current,
      }),
    );
  }
}

/** What comes of an event that is none of Secrets Manager's. */
export function unknownStep(step: never): Error {
  return new Error(
    `Step is ${JSON.stringify(step)}; expected createSecret, setSecret, testSecret or finishSecret.`,
  );
}
