import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../aws/document-client.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import type { DocumentRef } from '../domain/products/document.ts';
import { SET_END, secondsOf, settingEnd } from './ending.ts';
import { itemsByKey } from './item-batches.ts';
import { itemKey } from './item-keys.ts';

/** An item has at most 400 KB. */
const PART_BYTES = 350 * 1024;
/** What is read of a document that was replaced meanwhile ends within this time. */
const KEPT_SECONDS = 86_400;
/** Texts as they are written shrink to a tenth; a higher quality takes seconds of a large one. */
const QUALITY = 5;

/**
 * Long texts that belong to an item and are no part of it, since authorizers read that: compressed, in parts, and
 * never changed. The item refers to them, so it is its write alone that replaces one text by another.
 */
export class DocumentStore {
  readonly #table: Table;
  readonly #randomBytes: RandomBytes;

  constructor(table: Table, randomBytes: RandomBytes) {
    this.#table = table;
    this.#randomBytes = randomBytes;
  }

  /** Keeps a text under a name of its own. @param owner the id of what it belongs to */
  async add(owner: string, text: string): Promise<DocumentRef> {
    const bytes = Buffer.byteLength(text);
    const packed = brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } });
    const parts = Math.ceil(packed.length / PART_BYTES);
    const id = Buffer.from(this.#randomBytes(12)).toString('hex');
    for (let part = 0; part < parts; part++) {
      const body = packed.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      const Item = { ...itemKey.documentPart(owner, { id, part }), body };
      await this.#table.client.send(new PutCommand({ TableName: this.#table.name, Item }));
    }
    return { id, parts, bytes };
  }

  /** @throws Error where a part is missing */
  async text(owner: string, ref: DocumentRef): Promise<string> {
    const found = new Map<string, Uint8Array>();
    for await (const { sk, body } of itemsByKey(this.#table, keysOf(owner, ref)))
      found.set(String(sk), body as Uint8Array);
    const parts = keysOf(owner, ref).map(({ sk }) => found.get(sk));
    if (parts.some((part) => part === undefined))
      throw new Error(`a part of a document of ${owner} is missing`);
    return brotliDecompressSync(Buffer.concat(parts as Uint8Array[])).toString();
  }

  /** Lets a text end that nothing refers to any more. */
  async release(owner: string, ref: DocumentRef, now: Date): Promise<void> {
    for (const Key of keysOf(owner, ref)) {
      const end = settingEnd(Key, secondsOf(now) + KEPT_SECONDS);
      await this.#table.client.send(
        new UpdateCommand({
          TableName: this.#table.name,
          Key,
          UpdateExpression: SET_END,
          ExpressionAttributeNames: end.names,
          ExpressionAttributeValues: end.values,
        }),
      );
    }
  }
}

function keysOf(owner: string, { id, parts }: DocumentRef) {
  return Array.from({ length: parts }, (_, part) => itemKey.documentPart(owner, { id, part }));
}
