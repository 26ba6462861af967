import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Table } from '../../core/aws/document-client.ts';
import {
  type AnchorLine,
  type AnchorReading,
  anchorLine,
  anchorText,
  readAnchors,
} from '../../core/domain/audit/audit-anchor.ts';
import type { Head } from '../../core/domain/audit/audit-chain.ts';
import { AuditLog, type AuditLogOptions } from '../../core/store/audit-log.ts';

/** The writer of a test's audit table, which keeps records for ever unless told otherwise. */
export function auditLog(table: Table, options: Partial<AuditLogOptions> = {}): AuditLog {
  return new AuditLog({
    table,
    retentionDays: 0,
    now: () => new Date(),
    random: Math.random,
    wait,
    ...options,
  });
}

/** Signed heads in memory, with a key of their own. */
export class MemoryAnchors {
  /** By tenant; a test may put in anything. */
  readonly lines = new Map<string | null, AnchorLine[]>();
  /** Set where the place can't be read, or written. */
  failure: Error | undefined;
  now: () => Date = () => new Date();
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  constructor() {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#privateKey = pair.privateKey;
    this.#publicKey = pair.publicKey;
  }

  async write(tenantId: string | null, head: Head): Promise<string> {
    if (this.failure !== undefined) throw this.failure;
    const time = this.now();
    const anchor = { tenantId, ...head, signedAt: time.toISOString() };
    const signature = sign('sha256', Buffer.from(anchorText(anchor)), this.#privateKey).toString('base64');
    const line = anchorLine(anchor, signature);
    this.put(tenantId, { message: line, cameAt: time.getTime() });
    return line;
  }

  put(tenantId: string | null, line: AnchorLine): void {
    this.lines.set(tenantId, [...(this.lines.get(tenantId) ?? []), line]);
  }

  async read(tenantId: string | null): Promise<AnchorReading> {
    const place = 'memory';
    if (this.failure !== undefined)
      return { place, state: 'unreadable', reason: this.failure.message, anchors: [], tampering: [] };
    const lines = this.lines.get(tenantId) ?? [];
    const found = readAnchors(tenantId, lines, this.#publicKey);
    return { place, state: lines.length === 0 ? 'none' : 'read', reason: null, ...found };
  }
}
