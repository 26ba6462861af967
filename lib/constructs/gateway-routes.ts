import { AspectPriority, Aspects } from 'aws-cdk-lib';
import { CfnMethod, type IRestApi, Method, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnRoute, type HttpApi, type IHttpRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct, IConstruct } from 'constructs';
import type { KeywrightAuthorizer } from './authorizer.ts';

/** A route of an API as its gateway has it. */
export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
}

/** How a gateway's own kind of route is read, and given an authorizer. */
export interface ProtectedGateway {
  /** Undefined for what is no route of this API; a path is undefined where the app does not say it. */
  route(node: IConstruct): { readonly method: string; readonly path: string | undefined } | undefined;
  /** Whether the route has an authorizer of its own, or IAM's. */
  isProtected(node: IConstruct): boolean;
  protect(node: IConstruct): void;
}

/** A REST API's methods. */
export function restGateway(api: RestApi, authorizer: KeywrightAuthorizer): ProtectedGateway {
  const own = authorizer.forRestApi();
  // What the library does for an authorizer that a method is made with.
  own._attachToApi(api as IRestApi);
  // It makes a new deployment only where methods are made otherwise.
  api.latestDeployment?.addToLogicalId({ keywright: authorizer.node.path });
  api.latestDeployment?.node.addDependency(own);
  const methodOf = (node: IConstruct) =>
    node instanceof CfnMethod && node.restApiId === api.restApiId ? node : undefined;
  return {
    route(node) {
      const method = methodOf(node);
      if (method === undefined) return undefined;
      const { scope } = node.node;
      return { method: method.httpMethod, path: scope instanceof Method ? scope.resource.path : undefined };
    },
    isProtected: (node) => ![undefined, 'NONE'].includes(methodOf(node)?.authorizationType),
    protect(node) {
      const method = methodOf(node);
      if (method === undefined) return;
      method.authorizationType = 'CUSTOM';
      method.authorizerId = own.authorizerId;
    },
  };
}

/** An HTTP API's routes. */
export function httpGateway(api: HttpApi, authorizer: KeywrightAuthorizer): ProtectedGateway {
  // The library makes it for the first route that is made with it; here routes are there already, or come later.
  const first = { node: api.node, httpApi: api } as unknown as IHttpRoute;
  const { authorizerId } = authorizer.forHttpApi().bind({ route: first, scope: authorizer });
  const routeOf = (node: IConstruct) =>
    node instanceof CfnRoute && node.apiId === api.apiId ? node : undefined;
  return {
    route(node) {
      const key = routeOf(node)?.routeKey;
      if (key === undefined) return undefined;
      const [method = '', path] = key.split(' ');
      return { method, path };
    },
    isProtected: (node) => ![undefined, 'NONE'].includes(routeOf(node)?.authorizationType),
    protect(node) {
      const route = routeOf(node);
      if (route === undefined) return;
      route.authorizationType = 'CUSTOM';
      if (authorizerId !== undefined) route.authorizerId = authorizerId;
    },
  };
}

/**
 * Gives the authorizer to every route that has none, whenever and wherever in the app it is made, but for those that
 * are named as open, and for OPTIONS: a browser sends no key with it.
 * @returns the routes that were given it, once the app is synthesized
 */
export function protectRoutes(
  scope: Construct,
  gateway: ProtectedGateway,
  open: readonly string[],
): readonly GatewayRoute[] {
  const found = new Set<string>();
  const given: GatewayRoute[] = [];
  const visit = (node: IConstruct) => {
    const { method, path } = gateway.route(node) ?? {};
    if (method === undefined || method === 'OPTIONS' || gateway.isProtected(node)) return;
    const name = path === undefined ? method : `${method} ${path}`;
    if (open.includes(name)) {
      found.add(name);
      return;
    }
    gateway.protect(node);
    if (path !== undefined) given.push({ method, path });
  };
  Aspects.of(scope.node.root).add({ visit }, { priority: AspectPriority.MUTATING });
  scope.node.addValidation({
    validate: () =>
      open
        .filter((name) => !found.has(name))
        .map((name) => `openRoutes has ${JSON.stringify(name)}, which is no route without an authorizer`),
  });
  return given;
}
