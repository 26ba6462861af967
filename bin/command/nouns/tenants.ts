import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { bodyFrom } from '../body.ts';
import { type Column, field, time } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';

type Tenant = Schemas['Tenant'];

const ID = ['<tenant>', 'tenant_…'] as const;
const ONE = '/v1/tenants/{tenantId}';
const COLUMNS: readonly Column<Tenant>[] = [
  field('tenantId'),
  field('name'),
  field('status'),
  field('sandboxOnly'),
  { name: 'requireApproval', of: ({ settings }) => settings.requireApproval },
  { name: 'leakResponse', of: ({ settings }) => settings.leakResponse },
  time('createdAt', ({ createdAt }) => createdAt),
];
const FILE = [
  '--file <file>',
  'YAML or JSON with the fields of /openapi.json, such as settings.keyPolicies; - for standard input',
] as const;
const SETTINGS = [
  ['--require-approval <yes|no>', 'whether live keys need a second admin'],
  ['--leak-response <response>', 'revoke or notify'],
] as const;

function tell(run: Run, data: object): void {
  if (isWaiting(data)) run.waits(data.approval);
  const tenant = data as Tenant;
  run.out.item(tenant, tenant.tenantId, COLUMNS as readonly Column<never>[]);
}

function settingsOf({ options }: Run) {
  const { requireApproval, leakResponse } = options;
  const settings = given({ requireApproval: requireApproval && requireApproval === 'yes', leakResponse });
  return Object.keys(settings).length > 0 ? { settings } : {};
}

/** What a file says, and options in its place, setting by setting. */
function changesOf(run: Run): object {
  const body = bodyFrom(run.options.file, given({ name: run.options.name }));
  const { settings } = settingsOf(run);
  return settings === undefined ? body : { ...body, settings: { ...(body.settings as object), ...settings } };
}

async function update(run: Run, fields: object): Promise<void> {
  const path = { tenantId: run.arg(0) };
  tell(run, (await run.api.PATCH(ONE, { params: { path }, body: fields })).data);
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list the tenants that you act for',
    run: (run) =>
      run.out.list(
        run.api.items('/v1/tenants', { params: { query: { limit: 100 } } }),
        COLUMNS,
        ({ tenantId }) => tenantId,
      ),
  },
  {
    name: 'get',
    about: 'show a tenant',
    args: [ID],
    run: async (run) =>
      tell(run, (await run.api.GET(ONE, { params: { path: { tenantId: run.arg(0) } } })).data),
  },
  {
    name: 'create',
    about: 'create a tenant, with the roles reader and writer',
    args: [['[tenant]', 'tenant_ and 3 to 40 of a-z, 0-9 and _; made up unless given']],
    options: [['--name <name>', 'what people call it (required)'], ...SETTINGS],
    run: async (run) => {
      const tenantId = run.arg(0) || undefined;
      const body = { name: run.options.name, ...given({ tenantId }), ...settingsOf(run) };
      tell(run, (await run.api.POST('/v1/tenants', { body })).data);
    },
  },
  {
    name: 'update',
    about: 'rename a tenant, or change its settings',
    args: [ID],
    options: [FILE, ['--name <name>', 'a new name'], ...SETTINGS],
    run: (run) => update(run, changesOf(run)),
  },
  {
    name: 'suspend',
    about: 'refuse all of a tenant’s keys until it is resumed',
    args: [ID],
    run: async (run) => {
      await run.confirm('All keys of this tenant will be refused.', run.arg(0));
      await update(run, { status: 'suspended' });
    },
  },
  {
    name: 'resume',
    about: 'let a suspended tenant go on',
    args: [ID],
    run: (run) => update(run, { status: 'active' }),
  },
  {
    name: 'go-live',
    about: 'let a tenant that came by signing up have what is live',
    args: [ID],
    run: async (run) => {
      await run.confirm('It can have live products and keys from now on, for good.', run.arg(0));
      await update(run, { sandboxOnly: false });
    },
  },
];
