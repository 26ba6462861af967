import type { ProtectedApi } from './protected-api.ts';
import { RouteTable } from './route-table.ts';

type Json = Readonly<Record<string, unknown>>;

/** What is wrong with a document, and where: a JSON pointer (RFC 6901). */
export interface DocumentProblem {
  readonly at: string;
  readonly message: string;
}

/** Methods that a path item describes operations for (OpenAPI 3.1.1, 4.8.9). */
export const OPERATION_METHODS = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
] as const;

/** Deeper a reference is taken to lead in a circle. */
const LONGEST_POINTER = 2000;

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
}

/** Every operation of a document. */
export function operationsOf(document: Json): readonly Operation[] {
  return Object.entries(Object(document.paths) as Json).flatMap(([path, item]) =>
    OPERATION_METHODS.flatMap((method) => {
      const operation = (Object(item) as Json)[method];
      return isObject(operation) ? [{ path, method, operation }] : [];
    }),
  );
}

/**
 * What a shape can't say: references that lead out of the document or nowhere, operations of one name, and
 * placeholders of paths that no parameter describes.
 */
export function documentProblems(document: Json): readonly DocumentProblem[] {
  return [...referenceProblems(document), ...repeatedNames(document)];
}

function referenceProblems(document: Json): DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  let level: { at: string; value: unknown }[] = [{ at: '', value: document }];
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { at, value } of level) {
      if (!isObject(value)) continue;
      const { $ref } = value;
      if (typeof $ref === 'string') {
        const message = problemOf($ref, document);
        if (message !== undefined) problems.push({ at: `${at}/$ref`, message });
      }
      for (const [name, inner] of Object.entries(value))
        next.push({ at: `${at}/${escaped(name)}`, value: inner });
    }
    level = next;
  }
  return problems;
}

/** A document is shown as it is to people who have only it, and nothing is fetched for them. */
function problemOf(reference: string, document: Json): string | undefined {
  if (!reference.startsWith('#/') || reference.length > LONGEST_POINTER) {
    return 'a reference leads to a place in this document, #/components/…; bundle what is elsewhere into it';
  }
  let place: unknown = document;
  for (const part of reference.slice(2).split('/')) {
    const name = unescaped(part);
    place = isObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
  }
  return place === undefined ? 'this leads to nothing in the document' : undefined;
}

function repeatedNames(document: Json): DocumentProblem[] {
  const seen = new Set<unknown>();
  return operationsOf(document).flatMap(({ path, method, operation: { operationId } }) => {
    if (operationId === undefined) return [];
    const isRepeated = seen.has(operationId);
    seen.add(operationId);
    if (!isRepeated) return [];
    const at = `/paths/${escaped(path)}/${method}/operationId`;
    return [{ at, message: 'another operation has this name; each has one of its own' }];
  });
}

/**
 * A document as callers of the API read it: where it is and how to authenticate are ours to say, each operation
 * names the permission that it takes, and what is marked `x-internal` is left to operators.
 */
export function shownDocument(document: Json, api: ProtectedApi, isOperators: boolean): Json {
  const table = RouteTable.of(api.routes);
  const paths: Record<string, Json> = {};
  for (const [path, item] of Object.entries(Object(document.paths) as Json)) {
    if (!isObject(item) || isHidden(item, isOperators)) continue;
    const { servers, ...shown } = item as Record<string, unknown>;
    for (const method of OPERATION_METHODS) {
      const operation = shown[method];
      if (!isObject(operation)) continue;
      if (isHidden(operation, isOperators)) delete shown[method];
      else shown[method] = annotated(operation, method, path, table);
    }
    if (hasOperation(shown) || !hasOperation(item)) paths[path] = shown;
  }
  const { securitySchemes, ...components } = Object(document.components) as Json;
  return {
    ...document,
    ...(api.baseUrl === undefined ? { servers: [] } : { servers: [{ url: api.baseUrl }] }),
    paths,
    components: { ...components, securitySchemes: schemesOf(api) },
    security: [Object.fromEntries(Object.keys(schemesOf(api)).map((name) => [name, []]))],
  };
}

function hasOperation(item: Json): boolean {
  return OPERATION_METHODS.some((method) => isObject(item[method]));
}

function isHidden(described: Json, isOperators: boolean): boolean {
  return described['x-internal'] === true && !isOperators;
}

function annotated(operation: Json, method: string, path: string, table: RouteTable): Json {
  const { security, servers, ...rest } = operation;
  // Whatever stands in a placeholder, it is another segment.
  const called = path.replaceAll(/\{[^/}]*\}/g, 'x');
  const { needs, open } = table.requirement(method.toUpperCase(), called);
  const [need] = needs;
  const permission = need && `${need.resource || '*'}:${need.action}`;
  return { ...rest, 'x-keywright-permission': open ? null : permission };
}

/** What a request has to carry, by names of our own. */
function schemesOf({ scheme, clientKeyRequired, oauth }: ProtectedApi): Record<string, Json> {
  const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description });
  if (scheme === 'tenant') {
    return {
      key: header('x-api-key', 'An API key of the tenant'),
      tenant: header('x-tn', 'The tenant whose key it is'),
    };
  }
  return {
    subscriptionKey: header('Ocp-Apim-Subscription-Key', 'The primary or secondary key of a subscription'),
    ...(clientKeyRequired && { clientKey: header('Client-Key', 'The client key of this API') }),
    ...(oauth && {
      token: {
        type: 'openIdConnect',
        openIdConnectUrl: `${oauth.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      },
    }),
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** RFC 6901, 3 and 6: in a URI fragment percent-encoded besides. */
function unescaped(part: string): string {
  const text = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
