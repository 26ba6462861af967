import { AMBIGUOUS_WILDCARDS } from '../ground/request-path.ts';
import type { ApiRoute } from '../products/protected-api.ts';
import { requirementOf, VERSION_SEGMENT } from '../products/route-table.ts';
import { isPermission } from '../tenants/permission.ts';
import { permissionRefusal } from './checks.ts';
import type { Caller } from './decision.ts';

/** An IAM policy as an authorizer hands it to API Gateway. */
export interface AccessPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: 'execute-api:Invoke';
  readonly Resource: readonly string[];
}

/** The route that is being called, and the ARN that all of the API's routes begin with. */
export interface RouteAtHand {
  /** `arn:aws:execute-api:{region}:{account}:{api}/{stage}` */
  readonly stageArn: string;
  readonly method: string;
  /** With its leading slash. */
  readonly path: string;
}

const READ_METHODS = ['GET', 'HEAD'];
const WRITE_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** API Gateway takes an authorizer's result up to 8 KB; the context needs its share. */
const LARGEST_POLICY = 6000;

/** Wildcards of a policy, and its variables: what a path holds of them would not stand for itself. */
const NOT_LITERAL = /[*?]|\$\{/;

/**
 * The policy for an allowed or refused caller. API Gateway may use it for other routes while it caches it,
 * so it answers for the whole API wherever IAM's wildcards can say exactly that: never looser than the
 * decision on any route, and exact on the route at hand. Where they can't, it answers for that route alone.
 */
export function accessPolicy(
  caller: Caller | undefined,
  routes: readonly ApiRoute[],
  atHand: RouteAtHand,
  allowed: boolean,
): AccessPolicy {
  const whole = caller === undefined ? undefined : wholeApi(caller, routes, atHand);
  const arn = arnOf(atHand);
  if (whole !== undefined && policyAllows(whole, arn) === allowed) return whole;
  if (allowed && !NOT_LITERAL.test(atHand.method + atHand.path))
    return policy([{ effect: 'Allow', resources: [arn] }]);
  return policy([{ effect: 'Deny', resources: [`${atHand.stageArn}/*`] }]);
}

/** How IAM evaluates such a policy: an explicit deny wins, silence denies. */
export function policyAllows(document: AccessPolicy, arn: string): boolean {
  let allowed = false;
  for (const statement of document.Statement) {
    if (!statement.Resource.some((pattern) => matchesWildcards(pattern, arn))) continue;
    if (statement.Effect === 'Deny') return false;
    allowed = true;
  }
  return allowed;
}

function arnOf({ stageArn, method, path }: RouteAtHand): string {
  return `${stageArn}/${method}${path}`;
}

function wholeApi(
  caller: Caller,
  routes: readonly ApiRoute[],
  atHand: RouteAtHand,
): AccessPolicy | undefined {
  const mayCall = (route: ApiRoute) =>
    methodsOf(route).every(
      (method) => permissionRefusal(caller, requirementOf(route, method, route.path)) === undefined,
    );
  if (!routes.every(mayCall) || routes.some(({ path }) => /[*?]/.test(path))) return undefined;
  const resources = [
    ...defaultResources(caller, atHand),
    ...routes.flatMap((route) => tableResources(route, atHand)),
  ];
  if (resources.length === 0) return undefined;
  const allow = { effect: 'Allow' as const, resources: [...new Set(resources)] };
  const deny = {
    effect: 'Deny' as const,
    resources: AMBIGUOUS_WILDCARDS.map((path) => `${atHand.stageArn}/${path}`),
  };
  const document = policy(grantsEverything(caller) ? [allow] : [allow, deny]);
  return JSON.stringify(document).length <= LARGEST_POLICY ? document : undefined;
}

/** Whoever may read and write everything may also read a path in two ways. */
function grantsEverything({ keyType, permissions }: Caller): boolean {
  return keyType !== 'publishable' && permissions.includes('*:*');
}

/** What the default rule grants, below the version that is being called. */
function defaultResources(caller: Caller, { stageArn, path }: RouteAtHand): string[] {
  if (caller.keyType === 'publishable') return [];
  if (grantsEverything(caller)) return [`${stageArn}/*`];
  const version = /^\/v[0-9]+(?=\/)/.exec(path)?.[0] ?? '';
  return caller.permissions.filter(isPermission).flatMap((permission) => {
    const [resource = '', action] = permission.split(':');
    if (VERSION_SEGMENT.test(resource)) return [];
    const methods = [
      ...(action === 'write' ? [] : READ_METHODS),
      ...(action === 'read' ? [] : WRITE_METHODS),
    ];
    return methods.flatMap((method) =>
      resource === '*'
        ? [`${stageArn}/${method}/*`]
        : [`${stageArn}/${method}${version}/${resource}`, `${stageArn}/${method}${version}/${resource}/*`],
    );
  });
}

/** A route as wildcards; nothing for `{name}` in the middle, since `*` would also match deeper paths. */
function tableResources(route: ApiRoute, { stageArn }: RouteAtHand): string[] {
  const path = route.path.replace(/\{[^}/]*\+\}$/, '?*');
  return path.includes('{') ? [] : methodsOf(route).map((method) => `${stageArn}/${method}${path}`);
}

function methodsOf(route: ApiRoute): readonly string[] {
  if (route.method === 'ANY') return [...READ_METHODS, ...WRITE_METHODS];
  return route.method === 'GET' ? READ_METHODS : [route.method];
}

function policy(
  statements: readonly { effect: 'Allow' | 'Deny'; resources: readonly string[] }[],
): AccessPolicy {
  return {
    Version: '2012-10-17',
    Statement: statements.map(({ effect, resources }) => ({
      Effect: effect,
      Action: 'execute-api:Invoke',
      Resource: resources,
    })),
  };
}

function matchesWildcards(pattern: string, text: string): boolean {
  const source = pattern.replaceAll(/[^*?]+|\*|\?/g, (part) =>
    part === '*' ? '[\\s\\S]*' : part === '?' ? '[\\s\\S]' : RegExp.escape(part),
  );
  return new RegExp(`^${source}$`).test(text);
}
