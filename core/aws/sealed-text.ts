import { systemClock } from '../access/clock.ts';
import { ENV } from '../contract/deployment.ts';
import { type AwsCall, AwsError } from './aws-call.ts';
import { endpointOf, lambdaCredentials, required } from './lambda-environment.ts';
import { signedClient } from './signed-client.ts';

/** KMS's refusals of what was sealed for another purpose, or by another key. */
const CLOSED: readonly string[] = ['InvalidCiphertextException', 'IncorrectKeyException'];
/** KMS encrypts at most this much by itself (API_Encrypt). */
const LARGEST_TEXT_BYTES = 4096;
const PATIENCE = { attemptMilliseconds: 2_000, deadlineMilliseconds: 5_000 };

/**
 * What a text is sealed for, such as `{ session: 'session_…' }`: to open it one has to say the same. KMS calls it
 * encryption context, and a policy can ask for it.
 */
export type Purpose = Readonly<Record<string, string>>;

/** Short texts that only who may use a KMS key can read, each for one purpose and no other. */
export class SealedTexts {
  readonly #kms: AwsCall;
  readonly #keyId: string;
  readonly #keyIds: readonly string[];

  /**
   * @param keyId ARN of a symmetric key
   * @param before ARN of the key that texts were sealed by before; it seals no more
   */
  constructor(kms: AwsCall, keyId: string, before?: string) {
    this.#kms = kms;
    this.#keyId = keyId;
    this.#keyIds = before === undefined ? [keyId] : [keyId, before];
  }

  /** Undefined for a text that is longer than KMS takes. */
  async seal(text: string, purpose: Purpose): Promise<string | undefined> {
    const bytes = Buffer.from(text);
    if (bytes.length > LARGEST_TEXT_BYTES) return undefined;
    const { CiphertextBlob } = await this.#kms('Encrypt', {
      KeyId: this.#keyId,
      Plaintext: bytes.toString('base64'),
      EncryptionContext: purpose,
    });
    return String(CiphertextBlob);
  }

  /** Undefined for what was not sealed for this purpose, and by this key or the one before. */
  async open(sealed: string, purpose: Purpose): Promise<string | undefined> {
    for (const keyId of this.#keyIds) {
      const text = await this.#openBy(keyId, sealed, purpose);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  async #openBy(KeyId: string, sealed: string, purpose: Purpose): Promise<string | undefined> {
    try {
      const { Plaintext } = await this.#kms('Decrypt', {
        KeyId,
        CiphertextBlob: sealed,
        EncryptionContext: purpose,
      });
      return Buffer.from(String(Plaintext), 'base64').toString();
    } catch (error) {
      if (error instanceof AwsError && CLOSED.includes(error.name)) return undefined;
      throw error;
    }
  }
}

/** By the keys that a deployed function is told of. */
export function deployedSealedTexts(): SealedTexts {
  const kms = signedClient({
    service: 'kms',
    region: required(process.env, 'AWS_REGION'),
    endpoint: endpointOf(process.env, 'KMS'),
    credentials: () => lambdaCredentials(process.env),
    ...PATIENCE,
    now: systemClock,
    random: Math.random,
  });
  return new SealedTexts(kms, required(process.env, ENV.secretsKey), process.env[ENV.secretsKeyBefore]);
}
