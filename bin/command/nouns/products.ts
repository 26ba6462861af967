import type { Schemas } from '../../../client/keywright-client.ts';
import { bodyFrom } from '../body.ts';
import { type Column, field, listOf } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';

type Product = Schemas['Product'];

const PRODUCT = ['<product>', 'prod_…'] as const;
const ONE = '/v1/products/{productId}';
const COLUMNS: readonly Column<Schemas['ListedProduct']>[] = [
  field('productId'),
  field('name'),
  field('environment'),
  field('requiresApproval'),
  { name: 'plan', of: ({ plan }) => planInWords(plan) },
  { name: 'apis', of: ({ apiIds }) => apiIds.join(' ') },
];
const FIELDS = [
  ['--file <file>', 'YAML or JSON with the fields of /openapi.json; - for standard input'],
  ['--name <name>', 'what people call it'],
  ['--apis <list>', 'ids of its APIs'],
] as const;

function planInWords({ rateLimits, quota }: Product['plan']): string {
  const limits = rateLimits.map(({ limit, windowSeconds }) => `${limit}/${windowSeconds}s`);
  return [...limits, ...(quota ? [`${quota.limit} a ${quota.period}`] : [])].join(', ');
}

const tell = (run: Run, product: Product) =>
  run.out.item(product, product.productId, COLUMNS as readonly Column<never>[]);
const bodyOf = ({ options }: Run) =>
  bodyFrom(options.file, given({ name: options.name, apiIds: listOf(options.apis) })) as never;

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list products',
    run: (run) =>
      run.out.list(
        run.api.items('/v1/products', { params: { query: { limit: 100 } } }),
        COLUMNS,
        ({ productId }) => productId,
      ),
  },
  {
    name: 'get',
    about: 'show a product',
    args: [PRODUCT],
    run: async (run) =>
      tell(run, (await run.api.GET(ONE, { params: { path: { productId: run.arg(0) } } })).data),
  },
  {
    name: 'create',
    about: 'create a product',
    options: FIELDS,
    run: async (run) => tell(run, (await run.api.POST('/v1/products', { body: bodyOf(run) })).data),
  },
  {
    name: 'update',
    about: 'change a product',
    args: [PRODUCT],
    options: FIELDS,
    run: async (run) => {
      const path = { productId: run.arg(0) };
      tell(run, (await run.api.PATCH(ONE, { params: { path }, body: bodyOf(run) })).data);
    },
  },
];
