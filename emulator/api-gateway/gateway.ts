import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { TemplateStack } from '../template/resources.ts';
import type { ApiStage, GatewayEnvironment } from './api-stage.ts';
import { readFunctionUrls } from './http/function-urls.ts';
import { httpStages } from './http/http-api.ts';
import { readHttpApis } from './http/http-definition.ts';
import { jsonReply, type Reply, sendReply } from './reply.ts';
import { type ClientRequest, readRequest, socketAddress } from './request.ts';
import { restStages } from './rest/rest-api.ts';
import { readRestApis } from './rest/rest-definition.ts';
import { type FindApiKey, UsagePlans } from './usage-plans.ts';

export interface GatewayOptions extends GatewayEnvironment {
  readonly stacks: readonly TemplateStack[];
  /** Looks up API Gateway's own keys; by default there are none. */
  readonly findApiKey?: FindApiKey;
  /** Who is calling. By default the socket's address; a forwarding header is never believed. */
  readonly sourceIp?: (incoming: IncomingMessage) => string;
  /** Request ids; by default random UUIDs. */
  readonly newRequestId?: () => string;
  /** Hears of each answer of an API. */
  readonly onAnswer?: (apiName: string, status: number) => void;
  /** Told of a fault of the gateway itself; the client gets a plain 500. */
  readonly onFault?: (error: unknown) => void;
}

export interface Gateway {
  /**
   * Serves the API of this name at the root, as its own host name would: `/`, or `/{stage}/…`. Requests below
   * one of the paths of `beside` go to the API that is named there, their path whole.
   */
  listenerFor(apiName: string, beside?: Readonly<Record<string, string>>): RequestListener;
  /** Serves every API at `/{apiName}/{stage}/…`; neither segment is part of the path that an API sees. */
  readonly listener: RequestListener;
  /** Answers a request for an API's own host name, `{apiId}.execute-api.…`, from a service of AWS's. */
  answer(domainName: string, request: ClientRequest): Promise<Reply>;
}

/** A stage together with what is left of the path for it. */
interface Destination {
  readonly stage: ApiStage;
  readonly path: string;
}

/**
 * API Gateway on this machine: REST APIs and HTTP APIs, driven by nothing but the resources of the
 * synthesized templates. Throws where they use a feature that is not emulated. WebSocket APIs are left
 * out. Rules are those of the API Gateway developer guide; where it is silent a comment says what we chose.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const usagePlans = new UsagePlans(options.stacks, options.findApiKey ?? (() => undefined), options.now);
  const stages = [
    ...readRestApis(options.stacks).flatMap((api) => restStages(api, options, usagePlans)),
    ...readHttpApis(options.stacks).flatMap((api) => httpStages(api, options)),
    ...readFunctionUrls(options.stacks).flatMap((api) => httpStages(api, options)),
  ];
  const listen =
    (route: (path: string) => Destination | null): RequestListener =>
    (incoming, response) => {
      void serve(incoming, response, route, options);
    };
  return {
    listener: listen((path) => {
      const [, apiName = '', rest = '/'] = /^\/([^/]+)(\/.*)?$/s.exec(path) ?? [];
      return findStage(stagesNamed(stages, apiName), rest);
    }),
    answer: (domainName, request) => {
      const own = stages.filter(({ apiId }) => domainName.startsWith(`${apiId}.execute-api.`));
      return answer(request, (path) => findStage(own, path), options);
    },
    listenerFor: (apiName, beside = {}) => {
      const own = existing(stages, apiName);
      const others = Object.entries(beside).map(([below, name]) => [below, existing(stages, name)] as const);
      return listen((path) => {
        const [, other] = others.find(([below]) => path === below || path.startsWith(`${below}/`)) ?? [];
        return findStage(other ?? own, path);
      });
    },
  };
}

function existing(stages: readonly ApiStage[], apiName: string): ApiStage[] {
  const own = stagesNamed(stages, apiName);
  if (own.length > 0) return own;
  const names = [...new Set(stages.map((stage) => stage.apiName))].join(', ');
  throw new Error(`no API with a stage is named ${apiName}; the templates have: ${names}`);
}

function stagesNamed(stages: readonly ApiStage[], apiName: string): ApiStage[] {
  return stages.filter((stage) => stage.apiName === apiName);
}

/** "If the request explicitly matches a stage" it goes there, else to `$default` if there is one. */
function findStage(stages: readonly ApiStage[], path: string): Destination | null {
  const [, name = '', rest = '/'] = /^\/([^/]*)(\/.*)?$/s.exec(path) ?? [];
  const named = stages.find(({ stageName }) => stageName === name);
  if (named) return { stage: named, path: rest };
  const atRoot = stages.find(({ stageName }) => stageName === '$default');
  return atRoot ? { stage: atRoot, path } : null;
}

async function serve(
  incoming: IncomingMessage,
  response: ServerResponse,
  route: (path: string) => Destination | null,
  options: GatewayOptions,
): Promise<void> {
  try {
    const request = await readRequest(incoming, {
      now: options.now,
      requestId: (options.newRequestId ?? randomUUID)(),
      sourceIp: (options.sourceIp ?? socketAddress)(incoming),
    });
    if (request === null) return;
    sendReply(response, await answer(request, route, options));
  } catch (error) {
    options.onFault?.(error);
    sendReply(response, jsonReply(500, { message: 'Internal server error' }));
  }
}

async function answer(
  request: ClientRequest,
  route: (path: string) => Destination | null,
  { onAnswer }: GatewayOptions,
): Promise<Reply> {
  const destination = route(request.path);
  if (destination === null) return unknownApi(request.id);
  const reply = await destination.stage.handle({ ...request, path: destination.path });
  onAnswer?.(destination.stage.apiName, reply.status);
  return reply;
}

/** What AWS's front answers when a host or stage leads to no API. */
function unknownApi(requestId: string): Reply {
  return jsonReply(403, { message: 'Forbidden' }, [
    ['x-amzn-RequestId', requestId],
    ['x-amzn-ErrorType', 'ForbiddenException'],
  ]);
}
