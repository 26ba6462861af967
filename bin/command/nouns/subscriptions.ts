import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { bodyFrom } from '../body.ts';
import { usage } from '../exit.ts';
import { ago, type Column, field, listOf, time } from '../format.ts';
import type { Run } from '../run.ts';
import { isShown, type SecretPlace, secretPlace } from '../secret-place.ts';
import { given, SECRET_OPTIONS, type Verb } from '../verb.ts';

type Subscription = Schemas['Subscription'];

const SUBSCRIPTION = ['<subscription>', 'sub_…'] as const;
const REASON = ['--reason <text>', 'for the audit log'] as const;
const ONE = '/v1/subscriptions/{subscriptionId}';
const COLUMNS: readonly Column<Subscription>[] = [
  field('subscriptionId'),
  field('name'),
  field('tenantId'),
  field('productId'),
  field('productName'),
  field('environment'),
  field('state'),
  { name: 'primary', of: ({ slots }) => slotInWords(slots.primary) },
  { name: 'secondary', of: ({ slots }) => slotInWords(slots.secondary) },
  time('createdAt', ({ createdAt }) => createdAt),
];

function slotInWords({ hint, lastUsedAt }: Subscription['slots']['primary']): string {
  return `…${hint} ${ago(lastUsedAt, new Date())}`;
}

function tell(run: Run, data: object): void {
  if (isWaiting(data)) run.waits(data.approval);
  const subscription = data as Subscription;
  run.out.item(subscription, subscription.subscriptionId, COLUMNS as readonly Column<never>[]);
}

const pathOf = (run: Run) => ({ subscriptionId: run.arg(0) });

/** A change of state. @param warning asked about first */
function changing(
  verb: 'approve' | 'reject' | 'suspend' | 'resume' | 'cancel' | 'withdraw',
  about: string,
  warning?: string,
): Verb {
  const hasReason = verb !== 'approve' && verb !== 'resume';
  return {
    name: verb,
    about,
    args: [SUBSCRIPTION],
    ...(hasReason && { options: [REASON] }),
    run: async (run) => {
      if (warning !== undefined) await run.confirm(warning, run.arg(0));
      const body = given({ reason: run.options.reason });
      tell(
        run,
        (await run.api.POST(`${ONE}/${verb}`, { params: { path: pathOf(run) }, body: body as object })).data,
      );
    },
  };
}

async function reveal(run: Run): Promise<void> {
  const place = await secretPlace(run);
  const slot: string = run.options.slot ?? 'primary';
  if (slot !== 'primary' && slot !== 'secondary') throw usage('--slot is primary or secondary');
  const { tenantId: tenant, slots } = await subscriptionOf(run);
  if (slots[slot].ended)
    throw usage(
      `The ${slot} key has ended, because strangers had it: keywright subscriptions regenerate ${run.arg(0)} ${slot} makes another`,
    );
  const { data } = await run.api.POST(`${ONE}/keys/reveal`, {
    params: { path: pathOf(run) },
    body: { slots: [slot] },
  });
  if (isWaiting(data)) run.waits(data.approval);
  const key = data[`${slot}Key`];
  if (key === undefined || key === null)
    throw usage(`The ${slot} key was issued elsewhere, and only its digest is known`);
  await kept(run, place, { key, tenant }, { [`${slot}Key`]: key });
}

async function regenerate(run: Run): Promise<void> {
  const place = await secretPlace(run);
  const slot = run.arg(1);
  if (slot !== 'primary' && slot !== 'secondary') throw usage('Which key? primary or secondary');
  await run.confirm(`Whoever sends the ${slot} key of now will be refused.`, run.arg(0));
  const { tenantId: tenant } = await subscriptionOf(run);
  const path = { ...pathOf(run), slot } as const;
  const { data } = await run.api.POST(`${ONE}/keys/{slot}/regenerate`, { params: { path }, body: {} });
  if (isWaiting(data)) run.waits(data.approval);
  await kept(run, place, { key: data.key, tenant }, data);
}

/** Asked before a key is made or shown: what rotates it later has to know whose it is. */
async function subscriptionOf(run: Run): Promise<Subscription> {
  return (await run.api.GET(ONE, { params: { path: pathOf(run) } })).data;
}

async function kept(
  run: Run,
  place: SecretPlace,
  { key, tenant }: { readonly key: string; readonly tenant: string },
  data: object,
): Promise<void> {
  const id = run.arg(0);
  const where = await place(key, { type: 'subscription', id, tenant });
  if (run.out.isJson) run.out.item(isShown(run) ? data : { subscriptionId: id }, id);
  else run.out.done(`Key of ${id} ${where}.`);
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list subscriptions, newest first',
    options: [
      ['--product <product>', 'of this product'],
      ['--state <state>', 'pending, active, suspended, cancelled or rejected'],
    ],
    run: async (run) => {
      const { tenant: tenantId, product: productId, state } = run.options;
      const query = { limit: 100, ...given({ tenantId, productId, state }) };
      await run.out.list(
        run.api.items('/v1/subscriptions', { params: { query } }),
        COLUMNS,
        (each) => each.subscriptionId,
      );
    },
  },
  {
    name: 'get',
    about: 'show a subscription',
    args: [SUBSCRIPTION],
    run: async (run) => tell(run, (await run.api.GET(ONE, { params: { path: pathOf(run) } })).data),
  },
  {
    name: 'create',
    about: 'subscribe a tenant to a product',
    args: [['<product>', 'prod_…']],
    options: [
      ['--name <name>', 'what people call it (required)'],
      ['--use <text>', 'what it is for, for who approves it'],
      ['--accept-terms <version>', 'accept the product’s terms, of this version'],
      ['--oauth-clients <list>', 'ids of OAuth clients whose tokens go with it'],
    ],
    run: async (run) => {
      const { name, use, acceptTerms: termsVersion, oauthClients } = run.options;
      const optional = given({ use, termsVersion, oauthClientIds: listOf(oauthClients) });
      const body = { tenantId: await run.tenant(), productId: run.arg(0), name, ...optional };
      tell(run, (await run.api.POST('/v1/subscriptions', { body })).data);
    },
  },
  {
    name: 'update',
    about: 'rename a subscription, or give it other limits than its plan',
    args: [SUBSCRIPTION],
    options: [
      ['--file <file>', 'YAML or JSON with the fields of /openapi.json; - for standard input'],
      ['--name <name>', 'what people call it'],
      ['--reason <text>', 'for the audit log; required with limits'],
    ],
    run: async (run) => {
      const { file, name, reason } = run.options;
      const body = bodyFrom(file, given({ name, reason })) as never;
      tell(run, (await run.api.PATCH(ONE, { params: { path: pathOf(run) }, body })).data);
    },
  },
  changing('approve', 'approve a pending subscription'),
  changing('reject', 'reject a pending subscription for good', 'This rejects the subscription for good.'),
  changing('suspend', 'refuse a subscription’s keys until it is resumed'),
  changing('resume', 'resume a suspended subscription'),
  changing('cancel', 'end a subscription for good', 'This ends the subscription for good.'),
  changing('withdraw', 'take back your own request while it is pending'),
  {
    name: 'reveal',
    about: 'show a subscription’s key; each showing is audited',
    args: [SUBSCRIPTION],
    options: [['--slot <slot>', 'primary (unless given) or secondary'], ...SECRET_OPTIONS],
    run: reveal,
  },
  {
    name: 'regenerate',
    about: 'replace one of a subscription’s keys; the other keeps working',
    args: [SUBSCRIPTION, ['<slot>', 'primary or secondary']],
    options: SECRET_OPTIONS,
    run: regenerate,
  },
  {
    name: 'import',
    about: 'bring subscriptions whose keys were issued elsewhere',
    args: [['<file>', 'CSV, or JSON Lines; - for standard input']],
    options: [
      ['--format <format>', 'csv or jsonl; by the file’s name unless given'],
      ['--batch <rows>', 'how many are sent at a time; 10000 unless given'],
      ['--dry-run', 'only look at the rows'],
    ],
    run: async (run) => (await import('./import.ts')).importSubscriptions(run),
  },
];
