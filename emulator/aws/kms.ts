import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { AwsError, type AwsService, type Input, operationOf, requiredString } from './protocol.ts';

/** What AWS::KMS::Key says about a key. Services here encrypt nothing; a function may, by a key for that. */
export interface KeyProperties {
  readonly KeySpec?: string;
  readonly KeyUsage?: string;
}

const SPEC = 'ECC_NIST_P256';
const ALGORITHM = 'ECDSA_SHA_256';
/** The same for what is signed and what is encrypted. */
const LARGEST_MESSAGE_BYTES = 4096;
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Keys by their ids: a private one as PEM, one that encrypts as base64. */
const KEYS = z.record(z.string(), z.string());

/** KMS keys that sign or encrypt, which stay on this machine in one file for its owner alone. */
export class Kms implements AwsService {
  readonly #path: string;
  readonly #region: string;
  readonly #keys: Map<string, string>;

  readonly #operations: Record<string, (input: Input) => object> = {
    Sign: (input) => this.#sign(input),
    GetPublicKey: (input) => this.#publicKey(input),
    Encrypt: (input) => this.#encrypt(input),
    Decrypt: (input) => this.#decrypt(input),
  };

  /** @throws StartError when the file at `path` is damaged. */
  constructor(path: string, region: string) {
    this.#path = path;
    this.#region = region;
    this.#keys = new Map(Object.entries(readPrivateFile(path, KEYS) ?? {}));
  }

  async handle(operation: string, input: Input): Promise<object> {
    return operationOf(this.#operations, 'TrentService', operation)(input);
  }

  /** Makes the key unless it is there. One that says nothing of itself encrypts, as in KMS. */
  create(keyId: string, { KeySpec, KeyUsage = 'ENCRYPT_DECRYPT' }: KeyProperties): void {
    if (this.#keys.has(keyId)) return;
    this.#keys.set(
      keyId,
      KeyUsage === 'SIGN_VERIFY' ? signingKey(KeySpec) : randomBytes(32).toString('base64'),
    );
    writePrivateFile(this.#path, Object.fromEntries(this.#keys));
  }

  /** Makes a multi-Region key's replica, unless it is there. */
  replicate(keyId: string, from: Kms): void {
    const text = from.#keys.get(keyId);
    if (text === undefined) throw new Error(`there is no key ${keyId} to replicate`);
    if (this.#keys.has(keyId)) return;
    this.#keys.set(keyId, text);
    writePrivateFile(this.#path, Object.fromEntries(this.#keys));
  }

  /** The ciphertext names its key, and holds only for the context that it was made with. */
  #encrypt(input: Input): object {
    const { arn, keyId, secret } = this.#encrypting(requiredString(input, 'KeyId'));
    const plaintext = Buffer.from(requiredString(input, 'Plaintext'), 'base64');
    if (plaintext.length === 0 || plaintext.length > LARGEST_MESSAGE_BYTES)
      throw new AwsError('ValidationException', `A plaintext has 1 to ${LARGEST_MESSAGE_BYTES} bytes`);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, secret, iv).setAAD(contextBytes(input));
    const sealed = Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    const blob = Buffer.concat([Buffer.from([keyId.length]), Buffer.from(keyId), sealed]);
    return { KeyId: arn, CiphertextBlob: blob.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
  }

  #decrypt(input: Input): object {
    const blob = Buffer.from(requiredString(input, 'CiphertextBlob'), 'base64');
    const start = 1 + (blob[0] ?? 0);
    const named = blob.subarray(1, start).toString();
    try {
      const { arn, keyId, secret } = this.#encrypting(String(input.KeyId ?? named));
      if (keyId !== named) throw new AwsError('IncorrectKeyException', 'It was encrypted with another key.');
      const iv = blob.subarray(start, start + IV_BYTES);
      const decipher = createDecipheriv(CIPHER, secret, iv, { authTagLength: TAG_BYTES })
        .setAAD(contextBytes(input))
        .setAuthTag(blob.subarray(-TAG_BYTES));
      const plaintext = Buffer.concat([
        decipher.update(blob.subarray(start + IV_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      return {
        KeyId: arn,
        Plaintext: plaintext.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    } catch (error) {
      if (error instanceof AwsError) throw error;
      throw new AwsError('InvalidCiphertextException', 'It is no ciphertext of this key and context.');
    }
  }

  #encrypting(asked: string): { arn: string; keyId: string; secret: Buffer } {
    const { arn, keyId, text } = this.#requested(asked);
    if (text.startsWith('-----')) throw new AwsError('InvalidKeyUsageException', `${arn} is for signing.`);
    return { arn, keyId, secret: Buffer.from(text, 'base64') };
  }

  #signing(input: Input): { arn: string; pem: string } {
    const { arn, text } = this.#requested(requiredString(input, 'KeyId'));
    if (!text.startsWith('-----'))
      throw new AwsError('InvalidKeyUsageException', `${arn} is for encrypting.`);
    return { arn, pem: text };
  }

  #sign(input: Input): object {
    const { arn, pem } = this.#signing(input);
    const message = Buffer.from(requiredString(input, 'Message'), 'base64');
    if (requiredString(input, 'SigningAlgorithm') !== ALGORITHM)
      throw new AwsError('InvalidKeyUsageException', `${arn} signs by ${ALGORITHM} alone.`);
    if ((input.MessageType ?? 'RAW') !== 'RAW' || message.length > LARGEST_MESSAGE_BYTES)
      throw new AwsError(
        'ValidationException',
        `A message is RAW here and has at most ${LARGEST_MESSAGE_BYTES} bytes`,
      );
    const Signature = sign('sha256', message, pem).toString('base64');
    return { KeyId: arn, Signature, SigningAlgorithm: ALGORITHM };
  }

  #publicKey(input: Input): object {
    const { arn, pem } = this.#signing(input);
    return {
      KeyId: arn,
      PublicKey: createPublicKey(pem).export({ format: 'der', type: 'spki' }).toString('base64'),
      KeySpec: SPEC,
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: [ALGORITHM],
    };
  }

  /** By id or ARN. */
  #requested(asked: string): { arn: string; keyId: string; text: string } {
    const keyId = asked.slice(asked.lastIndexOf('/') + 1);
    const arn = `arn:aws:kms:${this.#region}:000000000000:key/${keyId}`;
    const text = this.#keys.get(keyId);
    if (text === undefined) throw new AwsError('NotFoundException', `Key '${arn}' does not exist`);
    return { arn, keyId, text };
  }
}

function signingKey(spec: string | undefined): string {
  if (spec !== SPEC) throw new Error(`a key of ${spec} can't sign here; only ${SPEC} can`);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** An encryption context is the same in whatever order its names are given. */
function contextBytes({ EncryptionContext }: Input): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(Object(EncryptionContext)).sort()));
}
