import type { RefusalCode } from '../../contract/refusals.ts';
import type { Environment } from '../keys/key-format.ts';
import type { KeyType } from '../products/credential.ts';

/**
 * What an API's access log, or the log of who decided in its place, says of one request: its line, read. Holds
 * no path as called and no key.
 */
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
  /** Undefined where nobody measured it: of requests that `verify` or a guard decided on. */
  readonly latencyMilliseconds: number | undefined;
  readonly sourceIp: string | undefined;
  /** Which API was called, where the line says so. */
  readonly apiId?: string | undefined;
  /** What the authorizer refused an identified caller with. */
  readonly refusedWith: RefusalCode | undefined;
}

/** Whose request it was, from the authorizer's context. */
export interface RecordedCaller {
  /** `key_…` or `sub_…`. */
  readonly keyId: string;
  readonly tenantId: string;
  readonly environment: Environment;
  readonly keyType: KeyType;
  /** Which secret of a key (its id) or slot of a subscription was presented. */
  readonly secretId: string | undefined;
}

/** What an authorizer's log says of a request that it refused. */
export interface RefusalRecord {
  /** Of the log event: unique, and the same when the event is delivered again. */
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly requestId: string;
  /** Why, in the words of `Cause` of causes.ts. */
  readonly cause: string;
  readonly code: RefusalCode;
  /** The key that was named, whoever named it. */
  readonly keyId: string | undefined;
  /** Whose the key is, where its secret was verified; undefined where it was only named. */
  readonly owner: Pick<RecordedCaller, 'tenantId' | 'environment' | 'keyType'> | undefined;
  readonly sourceIp: string | undefined;
}

/** One delivery of log lines. */
export interface LogBatch {
  /** The same for the same lines, however often and in whatever order they are delivered. */
  readonly id: string;
  readonly accesses: readonly AccessRecord[];
  readonly refusals: readonly RefusalRecord[];
  /** The log that they stand in, and when its newest line was written, in milliseconds since 1970. */
  readonly log?: { readonly name: string; readonly until: number };
  /** Whether the lines are a file's: many at once, every few minutes. */
  readonly isOfFile?: boolean;
}

/** Numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** What was counted of one subject in one hour or one day (UTC). What does not apply to it is empty. */
export interface UsageCount {
  readonly requests: number;
  /** By status, such as `200`. */
  readonly statuses: Counts;
  /** By `METHOD route`; what is beyond the bound on names is counted as `other`, here and below. */
  readonly routes: Counts;
  /** 4xx and 5xx by route: `4 METHOD route`, `5 METHOD route`. */
  readonly routeErrors: Counts;
  /** Of a tenant: by key or subscription. */
  readonly keys: Counts;
  /** Of a tenant: by API, of lines that name it. */
  readonly apis: Counts;
  /** By ISO 3166-1 alpha-2 code; `-` where it is not known. */
  readonly countries: Counts;
  readonly networks: Counts;
  /** By secret id or slot. */
  readonly secrets: Counts;
  /** Of a credential: by secret, network and route together, named by key-use.ts. */
  readonly uses: Counts;
  /** Of a credential's hour: by secret and five minutes, named by key-use.ts. */
  readonly steps: Counts;
  /** By index of a bucket of latencies. */
  readonly latencies: Counts;
  /** Refusals by `Cause` of causes.ts; those of a credential or tenant are no requests beside the others. */
  readonly causes: Counts;
  /** Of refusals: by the key that was named. */
  readonly keyIds: Counts;
}
