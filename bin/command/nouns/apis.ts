import type { Schemas } from '../../../client/keywright-client.ts';
import { bodyFrom, readDocument } from '../body.ts';
import { type Column, countOf, field } from '../format.ts';
import type { Run } from '../run.ts';
import { isShown, secretPlace } from '../secret-place.ts';
import { given, SECRET_OPTIONS, type Verb } from '../verb.ts';
import { apiNamed } from './api-named.ts';
import { tryRoutes } from './try-routes.ts';

type Api = Schemas['Api'];

const API = ['<api>', 'id, or name/environment'] as const;
const ONE = '/v1/apis/{apiId}';
const COLUMNS: readonly Column<Api>[] = [
  field('apiId'),
  field('name'),
  field('environment'),
  field('scheme'),
  field('clientKeyRequired'),
  { name: 'oauth', of: ({ oauth }) => oauth?.issuer },
  { name: 'routes', of: ({ routes }) => routes.length, align: 'right' },
];
const FIELDS = [
  ['--file <file>', 'YAML or JSON with the fields of /openapi.json; - for standard input'],
  ['--name <name>', 'what people call it'],
] as const;

const tell = (run: Run, api: Api) => run.out.item(api, api.apiId, COLUMNS as readonly Column<never>[]);

function clientKey(verb: 'reveal' | 'regenerate', about: string): Verb {
  const run = async (run: Run) => {
    const place = await secretPlace(run);
    const apiId = await apiNamed(run, run.arg(0));
    if (verb === 'regenerate')
      await run.confirm('Callers that send the client key of now will be refused.', run.arg(0));
    const { data } = await run.api.POST(`${ONE}/client-key/${verb}`, {
      params: { path: { apiId } },
      body: {},
    });
    const kept = await place(data.clientKey, { type: 'clientKey', id: apiId });
    if (run.out.isJson) run.out.item(isShown(run) ? data : { apiId }, apiId);
    else run.out.done(`Client key of ${apiId} ${kept}.`);
  };
  return { name: `client-key ${verb}`, about, args: [API], options: SECRET_OPTIONS, run };
}

function publishing(verb: 'publish' | 'unpublish', about: string): Verb {
  const run = async (run: Run) => {
    const path = { apiId: await apiNamed(run, run.arg(0)) };
    tell(run, (await run.api.POST(`${ONE}/client-key/${verb}`, { params: { path }, body: {} })).data);
  };
  return { name: `client-key ${verb}`, about, args: [API], run };
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list protected APIs',
    run: (run) =>
      run.out.list(
        run.api.items('/v1/apis', { params: { query: { limit: 100 } } }),
        COLUMNS,
        ({ apiId }) => apiId,
      ),
  },
  {
    name: 'get',
    about: 'show an API',
    args: [API],
    run: async (run) => {
      const path = { apiId: await apiNamed(run, run.arg(0)) };
      const { data } = await run.api.GET(ONE, { params: { path } });
      tell(run, data);
      if (!run.out.isTerminal || run.out.isJson || data.routes.length === 0) return;
      run.out.line('');
      const columns: Column<Api['routes'][number]>[] = [
        field('method'),
        field('path'),
        field('permission'),
        field('public'),
      ];
      await run.out.list(data.routes, columns, (route) => route.path);
    },
  },
  {
    name: 'create',
    about: 'register an API',
    options: [
      ...FIELDS,
      ['--environment <environment>', 'sandbox or live'],
      ['--scheme <scheme>', 'tenant or subscription'],
    ],
    run: async (run) => {
      const { file, name, environment, scheme } = run.options;
      const body = bodyFrom(file, given({ name, environment, scheme })) as never;
      tell(run, (await run.api.POST('/v1/apis', { body })).data);
    },
  },
  {
    name: 'update',
    about: 'change an API’s name, routes, or what its callers must send',
    args: [API],
    options: FIELDS,
    run: async (run) => {
      const path = { apiId: await apiNamed(run, run.arg(0)) };
      const body = bodyFrom(run.options.file, given({ name: run.options.name })) as never;
      tell(run, (await run.api.PATCH(ONE, { params: { path }, body })).data);
    },
  },
  {
    name: 'try',
    about: 'show which calls of the last seven days another route table would have refused',
    args: [API, ['<file>', 'YAML or JSON with its routes, as update takes them; - for standard input']],
    run: tryRoutes,
  },
  {
    name: 'openapi put',
    about: 'give an API its OpenAPI document, in place of the one before',
    args: [API, ['<file>', 'the document, 3.0 or 3.1, as JSON or YAML; - for standard input']],
    run: async (run) => {
      const body = readDocument(run.arg(1)) as never;
      const path = { apiId: await apiNamed(run, run.arg(0)) };
      const { data } = await run.api.PUT(`${ONE}/openapi`, { params: { path }, body });
      tell(run, data);
      if (data.openapi !== null)
        run.out.note(
          `${data.openapi.title} ${data.openapi.version}: ${countOf(data.openapi.operations, 'operation')}`,
        );
    },
  },
  {
    name: 'openapi get',
    about: 'print an API’s OpenAPI document as its callers read it, as JSON',
    args: [API],
    run: async (run) => {
      const path = { apiId: await apiNamed(run, run.arg(0)) };
      const { data } = await run.api.GET(`${ONE}/openapi`, { params: { path } });
      run.out.line(JSON.stringify(data, null, 2));
    },
  },
  clientKey('reveal', 'show an API’s client key; each showing is audited'),
  clientKey('regenerate', 'replace an API’s client key; the one before is refused within seconds'),
  publishing('publish', 'show a sandbox API’s client key to everybody who reads the catalogue'),
  publishing('unpublish', 'show it to everybody no more'),
];
