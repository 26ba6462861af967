import { AwsError } from '../../core/aws/aws-call.ts';

type Input = Readonly<Record<string, unknown>>;

/** KMS, as far as Keywright asks it: what was encrypted is decrypted for the same context, and for no other. */
export class Kms {
  readonly #texts: { readonly plaintext: unknown; readonly context: string }[] = [];

  /** @throws AwsError */
  answer(
    operation: string,
    { Plaintext, CiphertextBlob, EncryptionContext }: Input,
  ): Record<string, unknown> {
    const context = JSON.stringify(Object.entries(Object(EncryptionContext)).sort());
    if (operation === 'Encrypt') {
      const index = this.#texts.push({ plaintext: Plaintext, context }) - 1;
      return { CiphertextBlob: `sealed-${index}` };
    }
    const text = this.#texts[Number(String(CiphertextBlob).slice('sealed-'.length))];
    if (operation === 'Decrypt' && text?.context === context) return { Plaintext: text.plaintext };
    throw new AwsError('InvalidCiphertextException', 400, 'It is no ciphertext of this context.');
  }
}
