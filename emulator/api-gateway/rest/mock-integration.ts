import type { Reply } from '../reply.ts';
import { type Header, headerOf } from '../request.ts';
import type { MockIntegration, MockResponse } from './rest-definition.ts';
import { type GatewayFailure, mappedParameter, type RestExchange } from './rest-exchange.ts';
import { renderVelocity, type VelocityScope, type VelocityTemplate } from './velocity.ts';

const CONFIGURATION_ERROR: GatewayFailure = {
  type: 'API_CONFIGURATION_ERROR',
  message: 'Internal server error',
};

/**
 * Answers from the method's own templates. The request template yields the status code by which the
 * integration response is chosen; the one without a selection pattern is the default.
 */
export function answerMock(integration: MockIntegration, exchange: RestExchange): Reply | GatewayFailure {
  const contentType = mediaType(headerOf(exchange.request, 'content-type')) ?? 'application/json';
  const requestTemplate = integration.requestTemplates.get(contentType);
  if (requestTemplate === undefined && integration.passthroughBehavior !== 'WHEN_NO_MATCH') {
    return { type: 'UNSUPPORTED_MEDIA_TYPE', message: 'Unsupported Media Type' };
  }
  const rendered = requestTemplate
    ? renderVelocity(requestTemplate, scopeOf(exchange))
    : exchange.request.body.toString('utf8');
  const code = /["']?statusCode["']?\s*:\s*["']?(\d{3})/.exec(rendered)?.[1];
  const response = code === undefined ? undefined : selectResponse(integration.responses, code);
  return response === undefined ? CONFIGURATION_ERROR : renderResponse(response, exchange);
}

function selectResponse(responses: readonly MockResponse[], code: string): MockResponse | undefined {
  const matches = ({ selectionPattern }: MockResponse) =>
    selectionPattern !== undefined && new RegExp(`^(?:${selectionPattern})$`).test(code);
  return responses.find(matches) ?? responses.find((response) => response.selectionPattern === undefined);
}

function renderResponse(response: MockResponse, exchange: RestExchange): Reply {
  const headers = new Map<string, string>([['Content-Type', 'application/json']]);
  for (const [name, expression] of response.headers) {
    const value = mappedParameter(expression, exchange);
    if (value !== undefined) headers.set(name, value);
  }
  const scope = scopeOf(exchange);
  const template = responseTemplate(response.templates, headerOf(exchange.request, 'accept'));
  const body = template ? renderVelocity(template, scope) : '';
  const { header, status } = overridesOf(scope);
  for (const [name, value] of Object.entries(header ?? {})) headers.set(name, String(value));
  return {
    status: Number(status ?? response.statusCode),
    headers: [...headers] satisfies Header[],
    body: Buffer.from(body),
  };
}

/** What a template assigned to `$context.responseOverride`. */
function overridesOf(scope: VelocityScope): { header?: Record<string, unknown>; status?: unknown } {
  return (scope.context as { responseOverride?: object }).responseOverride ?? {};
}

function responseTemplate(templates: ReadonlyMap<string, VelocityTemplate>, accept: string | undefined) {
  const accepted = mediaType(accept?.split(',')[0]) ?? 'application/json';
  return templates.get(accepted) ?? templates.get('application/json') ?? [...templates.values()][0];
}

/** `$input`, `$context` and `$stageVariables`. A parameter that is absent is the empty string. */
function scopeOf(exchange: RestExchange): VelocityScope {
  const reader = (position: string) => ({
    get: (name: unknown) => mappedParameter(`method.request.${position}.${String(name)}`, exchange) ?? '',
  });
  const all = { header: reader('header'), querystring: reader('querystring'), path: reader('path') };
  return {
    input: {
      params: (name?: unknown) =>
        name === undefined ? all : all.path.get(name) || all.querystring.get(name) || all.header.get(name),
    },
    context: { ...exchange.variables },
    stageVariables: exchange.stage.variables,
  };
}

function mediaType(header: string | undefined): string | undefined {
  return header?.split(';')[0]?.trim().toLowerCase();
}
