import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ENV } from '../contract/deployment.ts';
import { Pepper } from '../domain/keys/pepper.ts';
import { required } from './lambda-environment.ts';

/** How long a new pepper version may go unnoticed by the functions that make digests. */
const KEPT_MILLISECONDS = 60_000;

/**
 * The control plane's pepper: read when first needed and again after a minute. Digests made meanwhile
 * under an earlier version verify as before, since versions are kept.
 */
export class PepperSecret {
  readonly #client: SecretsManagerClient;
  readonly #secretId: string;
  readonly #now: () => Date;
  #kept: { pepper: Promise<Pepper>; at: number } | undefined;

  /** @param secretId name or ARN of the secret that holds the pepper's versions */
  constructor(client: SecretsManagerClient, secretId: string, now: () => Date) {
    this.#client = client;
    this.#secretId = secretId;
    this.#now = now;
  }

  /**
   * @param versions those that digests at hand were made under: where the pepper at hand lacks one, it is
   *   read again
   * @throws TypeError when the secret is not a pepper; the SDK's errors when it can't be read
   */
  async pepper(versions: readonly string[] = []): Promise<Pepper> {
    const pepper = await this.#atHand();
    if (versions.every((version) => pepper.knows(version))) return pepper;
    this.#kept = undefined;
    return this.#atHand();
  }

  #atHand(): Promise<Pepper> {
    const now = this.#now().getTime();
    const age = now - (this.#kept?.at ?? Number.NEGATIVE_INFINITY);
    // Below zero the clock was set back, and nobody can say how old it is.
    if (this.#kept === undefined || age < 0 || age >= KEPT_MILLISECONDS) {
      const pepper = this.#read();
      this.#kept = { pepper, at: now };
      // A failed read is not kept: the next request tries again.
      pepper.catch(() => {
        if (this.#kept?.pepper === pepper) this.#kept = undefined;
      });
    }
    return this.#kept.pepper;
  }

  async #read(): Promise<Pepper> {
    const { SecretString } = await this.#client.send(new GetSecretValueCommand({ SecretId: this.#secretId }));
    return Pepper.parse(SecretString ?? '');
  }
}

/** The pepper of a deployed function that makes digests. */
export function deployedPepper(client: SecretsManagerClient, now: () => Date): PepperSecret {
  return new PepperSecret(client, required(process.env, ENV.pepperSecret), now);
}
