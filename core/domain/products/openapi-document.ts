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

/** No place in a document is told by more. */
const LONGEST_POINTER = 2000;

interface Operation {
  readonly path: string;
  readonly method: string;
  readonly operation: Json;
}

/** Every operation of a document that its callers read: without those that are internal. */
export function callersOperationsOf(document: Json): readonly Operation[] {
  return operationsOf(withoutInternal(document));
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
  return placesOf(reference, document).at(-1) === undefined
    ? 'this leads to nothing in the document'
    : undefined;
}

/** What a reference leads through, and where to: undefined for nothing. */
function placesOf(reference: string, document: Json): readonly unknown[] {
  let place: unknown = document;
  return reference
    .slice(2)
    .split('/')
    .map((part) => {
      const name = unescaped(part);
      place = isObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
      return place;
    });
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
 * names the permission that it takes, and what is marked `x-internal` is left to operators, wherever it stands.
 */
export function shownDocument(document: Json, api: ProtectedApi, isOperators: boolean): Json {
  const table = RouteTable.of(api.routes);
  const shown = isOperators ? document : withoutInternal(document);
  const { securitySchemes, pathItems, ...components } = Object(shown.components) as Json;
  const paths = mapped(shown.paths, (item, path) =>
    shownItem(item, (method) => askedOf(method, path, table)),
  );
  const all = Object(document.paths) as Json;
  const isEmptied = ([path, item]: [string, unknown]) => hasOperation(all[path]) && !hasOperation(item);
  return {
    ...shown,
    ...(api.baseUrl === undefined ? { servers: [] } : { servers: [{ url: api.baseUrl }] }),
    paths: Object.fromEntries(Object.entries(paths).filter((entry) => !isEmptied(entry))),
    components: {
      ...components,
      ...(pathItems !== undefined && { pathItems: mapped(pathItems, (item) => shownItem(item)) }),
      securitySchemes: schemesOf(api),
    },
    security: [Object.fromEntries(Object.keys(schemesOf(api)).map((name) => [name, []]))],
  };
}

/** A document without what is internal in it, and without what refers to that. */
function withoutInternal(document: Json): Json {
  const known = new Map<Json, boolean>();
  return valueWithout(document, (inner) => isInternal(inner, document, known)) as Json;
}

/** Requests nest 32 levels at most. */
function valueWithout(value: unknown, isOut: (inner: unknown) => boolean): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) {
    return value.flatMap((inner) => (isOut(inner) ? [] : [valueWithout(inner, isOut)]));
  }
  const left = Object.entries(value).filter(([, inner]) => !isOut(inner));
  return Object.fromEntries(left.map(([name, inner]) => [name, valueWithout(inner, isOut)]));
}

/** @param known what was found before: what many references lead to is followed once, however long the way is */
function isInternal(value: unknown, document: Json, known: Map<Json, boolean>): boolean {
  const seen = new Set<Json>();
  let places: readonly unknown[] = [value];
  let found: boolean | undefined;
  while (found === undefined) {
    const target = places.at(-1);
    if (places.some((place) => isObject(place) && place['x-internal'] === true)) found = true;
    else if (!isObject(target) || typeof target.$ref !== 'string' || seen.has(target)) found = false;
    else {
      found = known.get(target);
      seen.add(target);
      places = placesOf(target.$ref, document);
    }
  }
  for (const each of seen) known.set(each, found);
  return found;
}

/** A path item with our word on servers and security, and what `more` says of each operation. */
function shownItem({ servers, ...item }: Json, more: (method: string) => Json = () => ({})): Json {
  const operations = OPERATION_METHODS.flatMap((method) => {
    const operation = item[method];
    if (!isObject(operation)) return [];
    const { security, servers: own, ...rest } = operation;
    return [[method, { ...rest, ...more(method) }] as const];
  });
  return { ...item, ...Object.fromEntries(operations) };
}

function mapped(map: unknown, change: (item: Json, name: string) => Json): Json {
  const items = Object.entries(Object(map) as Json);
  return Object.fromEntries(
    items.flatMap(([name, item]) => (isObject(item) ? [[name, change(item, name)]] : [])),
  );
}

function hasOperation(item: unknown): boolean {
  return isObject(item) && OPERATION_METHODS.some((method) => isObject(item[method]));
}

/** What a caller needs for an operation: the permission, null for any key, and scopes of the token where there are. */
function askedOf(method: string, path: string, table: RouteTable): Json {
  // Whatever stands in a placeholder, it is another segment.
  const called = path.replaceAll(/\{[^/}]*\}/g, 'x');
  const { needs, open, scopes } = table.requirement(method.toUpperCase(), called);
  const [need] = needs;
  return {
    'x-keywright-permission': open ? null : need && `${need.resource || '*'}:${need.action}`,
    ...(scopes && { 'x-keywright-scopes': [...new Set(scopes)] }),
  };
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
