import middy from '@middy/core';
import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2WithLambdaAuthorizer,
  APIGatewayProxyResult,
} from 'aws-lambda';
import { READABLE_HEADERS } from '../../core/contract/refusals.ts';
import { keywrightGuard } from '../../guard/keywright-guard.ts';

type Context = Record<string, unknown>;
type HttpApiEvent = APIGatewayProxyEventV2WithLambdaAuthorizer<Context>;

/** The answer to every request. */
interface Echo {
  /** Name of the demonstration API: the stage variable `api`. */
  readonly api: string;
  readonly environment: string;
  readonly method: string;
  readonly path: string;
  /** The authorizer's context: all that a backend learns of the caller. */
  readonly authorizer: Context;
}

/** Lets pages of any origin read the answer and how much is left of the limits. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': READABLE_HEADERS.join(', '),
};

/**
 * Echoes the authorizer's context for any path; takes proxy events of REST APIs (1.0) and HTTP APIs (2.0).
 * Callers over their limits are told so by the guard.
 */
export const handler = middy(echo).use(keywrightGuard({ headers: CORS }));

async function echo(event: APIGatewayProxyEvent | HttpApiEvent): Promise<APIGatewayProxyResult> {
  const body = isHttpApiEvent(event) ? ofHttpApi(event) : ofRestApi(event);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json', ...CORS },
    body: JSON.stringify(body),
  };
}

function isHttpApiEvent(event: APIGatewayProxyEvent | HttpApiEvent): event is HttpApiEvent {
  return 'version' in event && event.version === '2.0';
}

function ofHttpApi({ stageVariables, requestContext }: HttpApiEvent): Echo {
  const { stage, http, authorizer } = requestContext;
  return {
    api: stageVariables?.api ?? '',
    environment: stage,
    method: http.method,
    path: withoutStage(http.path, stage),
    authorizer: authorizer.lambda,
  };
}

function ofRestApi({ stageVariables, requestContext, httpMethod, path }: APIGatewayProxyEvent): Echo {
  return {
    api: stageVariables?.api ?? '',
    environment: requestContext.stage,
    method: httpMethod,
    path,
    authorizer: { ...requestContext.authorizer },
  };
}

/** An HTTP API's path starts with its stage, a REST API's `path` does not. */
function withoutStage(path: string, stage: string): string {
  return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
}
