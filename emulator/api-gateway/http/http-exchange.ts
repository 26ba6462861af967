import { type ContextVariables, contextVariable } from '../context-variables.ts';
import type { ClientRequest } from '../request.ts';
import type { HttpApiDefinition, HttpRoute, HttpStageDefinition } from './http-definition.ts';

/** One request to an HTTP API while it is handled, its route found. */
export interface HttpExchange {
  readonly request: ClientRequest;
  readonly api: HttpApiDefinition;
  readonly stage: HttpStageDefinition;
  readonly route: HttpRoute;
  readonly variables: ContextVariables;
  /** Decoded, below the stage. */
  readonly path: string;
  /** Decoded, with the stage's name in front unless it is `$default`. */
  readonly stagedPath: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, readonly string[]>;
  /** Lower-case names; values of one header joined by commas; without `cookie`. */
  readonly headers: ReadonlyMap<string, string>;
  readonly cookies: readonly string[];
}

/**
 * The value of an identity source: `$request.header.x`, `$request.querystring.x`, `$context.x`,
 * `$stageVariables.x`. Undefined when the request does not have it or it is empty.
 */
export function identityValue(source: string, exchange: HttpExchange): string | undefined {
  const [, place = '', name = ''] =
    /^\$(request\.header|request\.querystring|context|stageVariables)\.(.+)$/.exec(source) ?? [];
  return valueAt(place, name, exchange) || undefined;
}

function valueAt(place: string, name: string, exchange: HttpExchange): string | undefined {
  const { variables, headers, query, cookies, stage } = exchange;
  switch (place) {
    case 'request.header':
      return name.toLowerCase() === 'cookie' ? cookies.join('; ') : headers.get(name.toLowerCase());
    case 'request.querystring':
      return query.get(name)?.join(',');
    case 'context':
      return contextVariable(variables, name);
    case 'stageVariables':
      return Object.hasOwn(stage.variables, name) ? stage.variables[name] : undefined;
    default:
      return undefined;
  }
}
