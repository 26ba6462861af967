import type { RefusalCode } from '../contract/refusals.ts';
import type { Environment } from './key-format.ts';

/** What an API's access log says of one request: its line, read. Holds no path as called and no key. */
export interface AccessRecord {
  /** Of the log event: unique, and the same when the event is delivered again. */
  readonly id: string;
  /** When the request was received, in milliseconds since 1970. */
  readonly time: number;
  readonly requestId: string;
  /** Who called; undefined where the authorizer identified nobody. */
  readonly caller: RecordedCaller | undefined;
  readonly method: string;
  /** As the API declares it (`/v1/orders/{id}`), or the resource that the request was about. */
  readonly route: string;
  readonly status: number;
  readonly latencyMilliseconds: number;
  readonly sourceIp: string | undefined;
  /** What the authorizer refused an identified caller with. */
  readonly refusedWith: RefusalCode | undefined;
}

/** Whose request it was, from the authorizer's context. */
export interface RecordedCaller {
  /** `key_…` or `sub_…`. */
  readonly keyId: string;
  readonly tenantId: string;
  readonly environment: Environment;
  readonly keyType: 'publishable' | 'secret' | 'subscription';
  /** Which secret of a key (its id) or slot of a subscription was presented. */
  readonly secretId: string | undefined;
}

/** What an authorizer's log says of a request that it refused before it knew who called. */
export interface RefusalRecord {
  /** Of the log event: unique, and the same when the event is delivered again. */
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly requestId: string;
  /** Why, in the words of `Cause` of decision.ts. */
  readonly cause: string;
  readonly code: RefusalCode;
  /** The key that was named, whoever named it. */
  readonly keyId: string | undefined;
  readonly sourceIp: string | undefined;
}

/** What was counted of one credential, tenant or network in one hour or one day (UTC). */
export interface UsageCount {
  readonly requests: number;
  /** By status, such as `200`. */
  readonly statuses: Readonly<Record<string, number>>;
  /** By `METHOD route`; what is beyond the bound on names is counted as `other`, here and below. */
  readonly routes: Readonly<Record<string, number>>;
  /** By ISO 3166-1 alpha-2 code; `-` where it is not known. */
  readonly countries: Readonly<Record<string, number>>;
  readonly networks: Readonly<Record<string, number>>;
  /** By secret id or slot. */
  readonly secrets: Readonly<Record<string, number>>;
  /** By index of a bucket of latencies. */
  readonly latencies: Readonly<Record<string, number>>;
}
