import type { Caller } from '../domain/decision/decision.ts';
import { networkOf } from '../domain/keys/network.ts';
import { BoundedMap } from './bounded-map.ts';
import type { AccessStore } from './ports.ts';

/** A network stays noted for 90 days and is pushed out again in the last third of them. */
const RENEW_SECONDS = 30 * 24 * 3600;
const SOURCES_PER_KEY = 256;

/** Where a request came from, and what is known of that network from the reading of its key, if anything. */
export interface RequestSource {
  readonly sourceIp: string;
  readonly requestId: string;
  readonly read: { readonly network: string | undefined; readonly seenUntil: number | undefined };
}

export interface SourceOptions {
  readonly store: AccessStore;
  readonly now: () => number;
  /** Hears of a network that could not be noted, which costs no caller his request. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** The addresses that one key was admitted from on this instance, and the noting of their networks. */
export class KeySources {
  readonly #options: SourceOptions;
  /** Networks that are noted, and addresses in them. */
  readonly #settled = new BoundedMap<string, true>(SOURCES_PER_KEY);
  /** Notes under way, by network, so that many requests at once make one. */
  readonly #noting = new Map<string, Promise<boolean>>();

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** Whether nothing is left to note of this address. */
  knows(sourceIp: string): boolean {
    return this.#settled.get(sourceIp) === true;
  }

  /** Notes the network of an admitted request, unless it is noted or the key is one that anyone may see. */
  async note(caller: Caller, source: RequestSource): Promise<void> {
    const { sourceIp } = source;
    const network = caller.keyType === 'publishable' ? undefined : networkOf(sourceIp);
    if (network === undefined || this.#settled.get(network)) {
      this.#settled.set(sourceIp, true);
      return;
    }
    let note = this.#noting.get(network);
    if (note === undefined) {
      note = this.#write(caller, network, source).finally(() => this.#noting.delete(network));
      this.#noting.set(network, note);
    }
    if (await note) {
      this.#settled.set(network, true);
      this.#settled.set(sourceIp, true);
    }
  }

  /** Whether the network is noted now. */
  async #write(
    caller: Caller,
    network: string,
    { sourceIp, requestId, read }: RequestSource,
  ): Promise<boolean> {
    const { store, now, onWarning } = this.#options;
    const { credentialId, keyId, tenantId } = caller;
    try {
      const seconds = now() / 1000;
      const seenUntil =
        read.network === network ? read.seenUntil : await store.readSeenNetwork(credentialId, network);
      const knownUntil = seenUntil !== undefined && seenUntil > seconds ? seenUntil : undefined;
      if (knownUntil === undefined || knownUntil - seconds < RENEW_SECONDS) {
        await store.noteNetwork({ credentialId, keyId, tenantId, network, sourceIp, requestId, knownUntil });
      }
      return true;
    } catch (cause) {
      onWarning('a network was not noted', cause);
      return false;
    }
  }
}
