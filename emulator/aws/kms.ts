import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import * as z from 'zod';
import { readPrivateFile, writePrivateFile } from '../private-file.ts';
import { AwsError, type AwsService, type Input, operationOf, requiredString } from './protocol.ts';

/** What AWS::KMS::Key says about a key; keys of other kinds are not needed here, for nothing is encrypted. */
export interface KeyProperties {
  readonly KeySpec?: string;
  readonly KeyUsage?: string;
}

const SPEC = 'ECC_NIST_P256';
const ALGORITHM = 'ECDSA_SHA_256';
const LARGEST_MESSAGE_BYTES = 4096;

/** Private keys by their ids, as PEM. */
const KEYS = z.record(z.string(), z.string());

/** KMS keys that sign, which stay on this machine in one file for its owner alone. */
export class Kms implements AwsService {
  readonly #path: string;
  readonly #region: string;
  readonly #keys: Map<string, string>;

  readonly #operations: Record<string, (input: Input) => object> = {
    Sign: (input) => this.#sign(input),
    GetPublicKey: (input) => this.#publicKey(input),
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

  /** Makes the key unless it is there or is no key that signs. */
  create(keyId: string, { KeySpec, KeyUsage }: KeyProperties): void {
    if (KeyUsage !== 'SIGN_VERIFY' || this.#keys.has(keyId)) return;
    if (KeySpec !== SPEC) throw new Error(`a key of ${KeySpec} can't sign here; only ${SPEC} can`);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#keys.set(keyId, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
    writePrivateFile(this.#path, Object.fromEntries(this.#keys));
  }

  #sign(input: Input): object {
    const { arn, pem } = this.#requested(input);
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
    const { arn, pem } = this.#requested(input);
    return {
      KeyId: arn,
      PublicKey: createPublicKey(pem).export({ format: 'der', type: 'spki' }).toString('base64'),
      KeySpec: SPEC,
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: [ALGORITHM],
    };
  }

  /** By id or ARN. */
  #requested(input: Input): { arn: string; pem: string } {
    const asked = requiredString(input, 'KeyId');
    const keyId = asked.slice(asked.lastIndexOf('/') + 1);
    const arn = `arn:aws:kms:${this.#region}:000000000000:key/${keyId}`;
    const pem = this.#keys.get(keyId);
    if (pem === undefined) throw new AwsError('NotFoundException', `Key '${arn}' does not exist`);
    return { arn, pem };
  }
}
