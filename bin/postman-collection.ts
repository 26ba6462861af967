/** What is read of the management API's OpenAPI document. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly example?: unknown;
  readonly schema: { readonly example?: unknown; readonly enum?: readonly string[] };
}

/** Of what `Postman Collection Format 2.1.0` has, what is written here. */
type Json = Readonly<Record<string, unknown>>;

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** Each is given by whoever uses the collection; none has a secret as it comes. */
const VARIABLES = {
  url: 'http://localhost:4100',
  token: '',
  awsAccessKeyId: '',
  awsSecretAccessKey: '',
  awsSessionToken: '',
  awsRegion: 'eu-central-1',
};

/** How an operation's callers prove who they are, people before principals of AWS. */
const AUTHS: Readonly<Record<string, Json>> = {
  person: authOf('bearer', { token: '{{token}}' }),
  aws: authOf('awsv4', {
    accessKey: '{{awsAccessKeyId}}',
    secretKey: '{{awsSecretAccessKey}}',
    sessionToken: '{{awsSessionToken}}',
    region: '{{awsRegion}}',
    service: 'execute-api',
  }),
  nobody: { type: 'noauth' },
};

/** The management API as a collection for Postman, and for what else reads its format: a folder for each tag. */
export function postmanCollection({ info, paths }: ApiDocument, version: string): Json {
  const folders = new Map<string, Json[]>();
  for (const [path, operations] of Object.entries(paths))
    for (const [method, operation] of Object.entries(operations)) {
      const [tag = 'others'] = operation.tags;
      folders.set(tag, [...(folders.get(tag) ?? []), requestOf(method, path, operation)]);
    }
  return {
    info: { name: info.title, description: info.description, version, schema: SCHEMA },
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value, type: 'string' })),
    auth: AUTHS.person,
    item: [...folders].map(([name, item]) => ({ name, item })),
  };
}

function requestOf(method: string, path: string, operation: Operation): Json {
  const { operationId, summary, description, security, parameters = [], requestBody } = operation;
  const body = requestBody?.content['application/json'];
  const [who = 'nobody'] = ['person', 'aws'].filter((name) => security.some((way) => name in way));
  return {
    id: operationId,
    name: summary,
    request: {
      method: method.toUpperCase(),
      description: description ?? summary,
      // What people call takes the collection's.
      ...(who !== 'person' && { auth: AUTHS[who] }),
      header: [
        ...(body === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }]),
        ...parameters.filter((parameter) => parameter.in === 'header').map(headerOf),
      ],
      url: urlOf(path, parameters),
      ...(body !== undefined && {
        body: {
          mode: 'raw',
          raw: JSON.stringify(body.example, null, 2),
          options: { raw: { language: 'json' } },
        },
      }),
    },
    response: [],
  };
}

/** What may be left out is there and switched off. */
function headerOf(parameter: Parameter): Json {
  const { name, required = false, description } = parameter;
  // Another for each request that is sent.
  if (name === 'Idempotency-Key') return { key: name, value: '{{$guid}}', description };
  return { key: name, value: exampleOf(parameter), description, disabled: !required };
}

function urlOf(path: string, parameters: readonly Parameter[]): Json {
  const parts = path
    .slice(1)
    .split('/')
    .map((part) => part.replace(/^\{(.+)\}$/, ':$1'));
  const given = (place: string) => parameters.filter((parameter) => parameter.in === place);
  return {
    raw: ['{{url}}', ...parts].join('/'),
    host: ['{{url}}'],
    path: parts,
    query: given('query').map((parameter) => ({
      key: parameter.name,
      value: exampleOf(parameter),
      description: parameter.description,
      disabled: !parameter.required,
    })),
    variable: given('path').map((parameter) => ({
      key: parameter.name,
      value: exampleOf(parameter),
      description: parameter.description,
    })),
  };
}

const exampleOf = ({ example, schema }: Parameter): string =>
  String(example ?? schema.example ?? schema.enum?.[0] ?? '');

function authOf(type: string, values: Readonly<Record<string, string>>): Json {
  return { type, [type]: Object.entries(values).map(([key, value]) => ({ key, value, type: 'string' })) };
}
