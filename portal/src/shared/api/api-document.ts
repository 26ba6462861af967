type Json = Readonly<Record<string, unknown>>;

/** One thing that an API can be asked, as its OpenAPI document tells of it. */
export interface ApiOperation {
  /** `GET /v1/orders/{orderId}` */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly tag: string;
  /** What a key needs; null where any key will do. */
  readonly permission: string | null;
  readonly deprecated: boolean;
  readonly parameters: readonly ApiParameter[];
  readonly body: ApiBody | undefined;
}

export interface ApiParameter {
  readonly name: string;
  readonly place: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  /** Empty where the document gives none. */
  readonly example: string;
  /** What it may be; empty for anything. */
  readonly options: readonly string[];
}

export interface ApiBody {
  readonly contentType: string;
  readonly required: boolean;
  readonly example: string;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const PLACES = ['path', 'query', 'header'] as const;
/** Deeper a schema is left out of an example: it may lead in a circle. */
const DEEPEST = 6;
const MOST_PROPERTIES = 50;

/** The operations of a document, in its order. What is not as OpenAPI has it is left out: others wrote it. */
export function operationsIn(document: unknown): ApiOperation[] {
  const root = objectOf(document);
  return Object.entries(objectOf(root.paths)).flatMap(([path, value]) => {
    const item = objectOf(value);
    return METHODS.filter((method) => isObject(item[method])).map((method) =>
      operationOf(root, { path, method, item, operation: objectOf(item[method]) }),
    );
  });
}

interface Described {
  readonly path: string;
  readonly method: string;
  readonly item: Json;
  readonly operation: Json;
}

function operationOf(root: Json, { path, method, item, operation }: Described): ApiOperation {
  const permission = operation['x-keywright-permission'];
  const [tag] = listOf(operation.tags);
  return {
    id: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    summary: textOf(operation.summary) || textOf(operation.operationId) || path,
    description: textOf(operation.description),
    tag: textOf(tag) || 'operations',
    permission: typeof permission === 'string' ? permission : null,
    deprecated: operation.deprecated === true,
    parameters: parametersOf(root, [...listOf(item.parameters), ...listOf(operation.parameters)]),
    body: bodyOf(root, operation.requestBody),
  };
}

/** Of two of one name and place the operation's own holds (OpenAPI 3.1.1, 4.8.10). */
function parametersOf(root: Json, declared: readonly unknown[]): ApiParameter[] {
  const found = new Map<string, ApiParameter>();
  for (const each of declared) {
    const parameter = resolved(root, each);
    const place = PLACES.find((candidate) => candidate === parameter.in);
    const name = textOf(parameter.name);
    if (place === undefined || name === '') continue;
    const schema = resolved(root, parameter.schema);
    const [first] = listOf(schema.examples);
    found.set(`${place} ${name.toLowerCase()}`, {
      name,
      place,
      required: parameter.required === true || place === 'path',
      description: textOf(parameter.description) || textOf(schema.description),
      example: plain(parameter.example ?? schema.example ?? first ?? schema.default),
      options: listOf(schema.enum).map(plain),
    });
  }
  return [...found.values()];
}

function bodyOf(root: Json, declared: unknown): ApiBody | undefined {
  const body = resolved(root, declared);
  const contents = Object.entries(objectOf(body.content));
  const [contentType, media] = contents.find(([type]) => /json/i.test(type)) ?? contents[0] ?? [];
  if (contentType === undefined) return undefined;
  const given = objectOf(media);
  const [named] = Object.values(objectOf(given.examples));
  const example = given.example ?? resolved(root, named).value ?? exampleOf(root, given.schema, 0);
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return { contentType, required: body.required === true, example: text ?? '' };
}

/** Something that fits a schema, as far as it says so. */
function exampleOf(root: Json, declared: unknown, depth: number): unknown {
  const schema = resolved(root, declared);
  const [first] = listOf(schema.examples);
  const given = schema.example ?? first ?? schema.default ?? schema.const ?? listOf(schema.enum)[0];
  if (given !== undefined) return given;
  if (depth > DEEPEST) return null;
  const [choice] = [...listOf(schema.oneOf), ...listOf(schema.anyOf)];
  if (choice !== undefined) return exampleOf(root, choice, depth + 1);
  const parts = listOf(schema.allOf).map((part) => objectOf(exampleOf(root, part, depth + 1)));
  const properties = Object.entries(objectOf(schema.properties)).slice(0, MOST_PROPERTIES);
  if (parts.length > 0 || properties.length > 0) {
    const own = properties.map(([name, inner]) => [name, exampleOf(root, inner, depth + 1)]);
    return Object.assign({}, ...parts, Object.fromEntries(own));
  }
  const [type] = Array.isArray(schema.type) ? schema.type : [schema.type];
  if (type === 'array') return schema.items === undefined ? [] : [exampleOf(root, schema.items, depth + 1)];
  return BY_TYPE[textOf(type)] ?? (type === 'null' ? null : {});
}

const BY_TYPE: Readonly<Record<string, unknown>> = { string: 'text', integer: 1, number: 1, boolean: true };

/** What a reference leads to, or the value itself; references lead into the document, or were refused. */
function resolved(root: Json, value: unknown): Json {
  let place = objectOf(value);
  for (let hops = 0; typeof place.$ref === 'string' && hops < DEEPEST; hops += 1) {
    place = objectOf(
      place.$ref
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((at, part) => ownOf(at, part.replaceAll('~1', '/').replaceAll('~0', '~')), root),
    );
  }
  return place;
}

function ownOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
