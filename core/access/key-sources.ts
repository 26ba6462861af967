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
  readonly read: { readonly network: string | undefined; readonly networkSeenUntil: number | undefined };
}

export interface SourceOptions {
  readonly store: AccessStore;
  readonly now: () => number;
  /** Hears of a network that could not be noted, which costs no caller a request. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** The addresses that one key was admitted from on this instance, and the noting of their networks. */
export class KeySources {
  readonly #options: SourceOptions;
  /** The first network that is noted, and its address: most keys are used from no other. */
  #network: string | undefined;
  #address: string | undefined;
  /** More of both. */
  #settled: BoundedMap<string, true> | undefined;
  /** Notes under way, by network, so that many requests at once make one. */
  #noting: Map<string, Promise<boolean>> | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  /** Whether nothing is left to note of this address. */
  knows(sourceIp: string): boolean {
    return sourceIp === this.#address || this.#settled?.get(sourceIp) === true;
  }

  /** Notes the network of an admitted request, unless it is noted or the key is one that anyone may see. */
  async note(caller: Caller, source: RequestSource): Promise<void> {
    const { sourceIp } = source;
    const network = caller.keyType === 'publishable' ? undefined : networkOf(sourceIp);
    const isNoted =
      network === undefined || network === this.#network || this.#settled?.get(network) === true;
    if (isNoted || (await this.#noteOnce(caller, network, source))) this.#settle(sourceIp, network);
  }

  #settle(address: string, network: string | undefined): void {
    if (this.#address === undefined) {
      this.#network = network;
      this.#address = address;
      return;
    }
    this.#settled ??= new BoundedMap(SOURCES_PER_KEY);
    if (network !== undefined && network !== this.#network) this.#settled.set(network, true);
    this.#settled.set(address, true);
  }

  #noteOnce(caller: Caller, network: string, source: RequestSource): Promise<boolean> {
    const underWay = this.#noting?.get(network);
    if (underWay !== undefined) return underWay;
    const noting = this.#noting ?? new Map<string, Promise<boolean>>();
    this.#noting = noting;
    const note = this.#write(caller, network, source).finally(() => {
      noting.delete(network);
      if (noting.size === 0 && this.#noting === noting) this.#noting = undefined;
    });
    noting.set(network, note);
    return note;
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
        read.network === network ? read.networkSeenUntil : await store.readSeenNetwork(credentialId, network);
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
