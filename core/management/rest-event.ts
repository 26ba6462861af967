import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from 'aws-lambda';
import { PUBLIC_API } from '../contract/deployment.ts';

/**
 * The event of the public REST API as the HTTP API would have put it (payload 2.0), as far as `managementHandler`
 * reads one. Header names may come in any case and more than once; values of one name are joined by commas.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function asHttpApiEvent(event: APIGatewayProxyEvent): APIGatewayProxyEventV2 {
  const { httpMethod, requestContext, stageVariables } = event;
  const base = stageVariables?.[PUBLIC_API.base] ?? '';
  const route = `${base}${event.resource === '/' ? '' : event.resource}`;
  const query = new URLSearchParams(
    Object.entries(event.multiValueQueryStringParameters ?? {}).flatMap(([name, values]) =>
      (values ?? []).map((value): [string, string] => [name, value]),
    ),
  );
  return {
    version: '2.0',
    routeKey: `${httpMethod} ${route}`,
    rawPath: event.path,
    rawQueryString: query.toString(),
    headers: headersOf(event),
    ...(event.queryStringParameters && { queryStringParameters: event.queryStringParameters }),
    ...(event.body !== null && { body: event.body }),
    isBase64Encoded: event.isBase64Encoded,
    requestContext: {
      accountId: requestContext.accountId,
      apiId: requestContext.apiId,
      domainName: requestContext.domainName ?? '',
      domainPrefix: requestContext.domainPrefix ?? '',
      http: {
        method: httpMethod,
        path: event.path,
        protocol: requestContext.protocol,
        sourceIp: requestContext.identity.sourceIp,
        userAgent: requestContext.identity.userAgent ?? '',
      },
      requestId: requestContext.requestId,
      routeKey: `${httpMethod} ${route}`,
      stage: requestContext.stage,
      time: requestContext.requestTime ?? '',
      timeEpoch: requestContext.requestTimeEpoch,
    },
  };
}

function headersOf({ multiValueHeaders }: APIGatewayProxyEvent): Record<string, string> {
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(multiValueHeaders ?? {})) {
    const key = name.toLowerCase();
    headers.set(key, [...(headers.has(key) ? [headers.get(key)] : []), ...(values ?? [])].join(','));
  }
  return Object.fromEntries(headers);
}
