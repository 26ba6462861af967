import type { AccessRequest } from '../../core/access/authorizer.ts';
import type { Headers } from '../../core/domain/decision/credentials.ts';

/** The event that AppSync calls an authorizer with. Only the fields that are read. */
export interface GraphqlEvent {
  readonly type?: undefined;
  /** What the client sent as `Authorization`. */
  readonly authorizationToken: string;
  readonly requestHeaders?: Headers | null;
  readonly requestContext: {
    readonly requestId?: string;
    /** The GraphQL document; absent where a socket is opened. */
    readonly queryString?: string | null;
  };
}

/**
 * What a GraphQL document must hold literally to be able to change something, or to stay open. Names have no
 * escapes in GraphQL, so whatever its parser makes of comments and strings, a document without these words
 * has no such operation. One that only mentions them counts as if it had.
 */
const MORE_THAN_QUERIES = /\b(?:mutation|subscription)\b/;

/**
 * All operations of an AppSync API are one route: `GET /graphql` for documents of queries alone, `POST
 * /graphql` for everything else. An operation's name is of its caller's choice and says nothing about it.
 * AppSync does not say where a request came from: what forwarding headers hold is of the caller's choice too.
 */
export function readGraphqlEvent(event: GraphqlEvent): AccessRequest {
  const { authorizationToken, requestHeaders, requestContext } = event;
  const { queryString, requestId = '' } = requestContext;
  const reads = typeof queryString === 'string' && !MORE_THAN_QUERIES.test(queryString);
  return {
    headers: { ...requestHeaders, authorization: authorizationToken },
    method: reads ? 'GET' : 'POST',
    path: '/graphql',
    sourceIp: undefined,
    requestId,
    tenantHeaderVisible: true,
  };
}
