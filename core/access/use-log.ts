import type { Caller } from '../domain/decision/decision.ts';
import type { Outcome } from './outcome.ts';
import type { WriteLine } from './refusal-log.ts';

/** A request that was decided on where no access log tells of it. */
export interface Use {
  readonly caller: Pick<Caller, 'keyId' | 'tenantId' | 'environment' | 'keyType' | 'secretId'>;
  /** What the decision amounts to: 200 for an admission, of which more is not known here. */
  readonly status: number;
  readonly method: string | undefined;
  /** The API that was called, where one was. */
  readonly apiId?: string | undefined;
  readonly route: Outcome['route'];
  readonly sourceIp: string | undefined;
  readonly requestId: string;
}

/**
 * One line for a request of an identified caller, in place of an access log's: usage and last uses are counted
 * from it. Like a refusal's it holds nothing that the caller wrote but the key's public id, and of the path
 * only the route.
 */
export function logUse(write: WriteLine, { caller, ...use }: Use, now: number): void {
  const { keyId, tenantId, environment, keyType, secretId } = caller;
  const { status, method, apiId, route, sourceIp, requestId } = use;
  write(
    JSON.stringify({
      level: 'INFO',
      message: 'key used',
      requestTimeEpoch: now,
      requestId,
      status,
      sourceIp,
      httpMethod: method,
      apiId,
      route,
      keyId,
      tenantId,
      environment,
      keyType,
      secretId,
    }),
  );
}
