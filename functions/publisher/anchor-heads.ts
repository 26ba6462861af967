import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ANCHOR_SOURCE } from '../../core/contract/deployment.ts';
import type { Head } from '../../core/domain/audit/audit-chain.ts';
import type { ChainHead } from './publish-events.ts';

/** Signs a head and writes it to where anchors are kept; returns the line that was written. */
export interface AnchorSink {
  write(tenantId: string | null, head: Head): Promise<string>;
}

/** Where an operator archives audit events, signed heads go too. */
export interface AnchorArchive {
  readonly bridge: EventBridgeClient;
  readonly bus: string;
}

export interface Unanchored {
  readonly tenantId: string | null;
  readonly cause: unknown;
}

/**
 * Anchors the heads of each delivery. A head that could not be is tried again with the next delivery of this
 * instance; any later head of its chain stands for it too. It never holds back events.
 */
export class HeadAnchors {
  readonly #sink: AnchorSink;
  readonly #archive: AnchorArchive | undefined;
  readonly #waiting = new Map<string | null, Head>();

  constructor(sink: AnchorSink, archive?: AnchorArchive) {
    this.#sink = sink;
    this.#archive = archive;
  }

  /** Returns what could not be anchored, or not archived. */
  async add(heads: readonly ChainHead[]): Promise<readonly Unanchored[]> {
    for (const { tenantId, ...head } of heads) this.#waiting.set(tenantId, head);
    const written = await Promise.all(
      [...this.#waiting].map(([tenantId, head]) => this.#write(tenantId, head)),
    );
    const failed = written.flatMap(({ failure }) => failure ?? []);
    const unarchived = await this.#keep(written.flatMap(({ line }) => line ?? []));
    return [...failed, ...unarchived];
  }

  async #write(
    tenantId: string | null,
    head: Head,
  ): Promise<{ readonly line?: string; readonly failure?: Unanchored }> {
    try {
      const line = await this.#sink.write(tenantId, head);
      if (this.#waiting.get(tenantId) === head) this.#waiting.delete(tenantId);
      return { line };
    } catch (cause) {
      return { failure: { tenantId, cause } };
    }
  }

  /** One by one: a delivery has few heads, and those of other chains must not fail with one. */
  async #keep(lines: readonly string[]): Promise<readonly Unanchored[]> {
    const archive = this.#archive;
    if (archive === undefined) return [];
    const results = await Promise.all(
      lines.map(async (Detail): Promise<readonly Unanchored[]> => {
        const entry = {
          EventBusName: archive.bus,
          Source: ANCHOR_SOURCE,
          DetailType: 'audit.anchored',
          Detail,
        };
        const { tenantId } = JSON.parse(Detail) as ChainHead;
        try {
          const { Entries } = await archive.bridge.send(new PutEventsCommand({ Entries: [entry] }));
          const [refused] = (Entries ?? []).filter(({ ErrorCode }) => ErrorCode !== undefined);
          return refused === undefined
            ? []
            : [{ tenantId, cause: `${refused.ErrorCode}: ${refused.ErrorMessage}` }];
        } catch (cause) {
          return [{ tenantId, cause }];
        }
      }),
    );
    return results.flat();
  }
}
