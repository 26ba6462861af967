import type { Environment } from './key-format.ts';

/**
 * An entry of an API's route table. `method` is an HTTP method or `ANY`; `path` is literal, with
 * `{name}` for one segment and a last segment `{name+}` for the rest. `permission` is `resource:action`;
 * absent means the default rule's. `public` routes may be read with publishable keys.
 */
export interface ApiRoute {
  readonly method: string;
  readonly path: string;
  readonly permission?: string;
  readonly public: boolean;
}

/** A protected API as it is stored: one item. */
export interface ProtectedApi {
  /** `api_` + 12 base62. */
  readonly apiId: string;
  readonly name: string;
  readonly environment: Environment;
  readonly scheme: 'tenant' | 'subscription';
  readonly routes: readonly ApiRoute[];
  readonly createdAt: string;
  readonly revision: number;
}
