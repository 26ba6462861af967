import { isWaiting, type Schemas } from '../../../client/keywright-client.ts';
import { type Column, field, listOf } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';

type Role = Schemas['Role'];

const ROLE = ['<role>', 'its name'] as const;
const ONE = '/v1/tenants/{tenantId}/roles/{role}';
const COLUMNS: readonly Column<Role>[] = [field('role'), field('permissions'), field('description')];

const pathOf = async (run: Run) => ({ tenantId: await run.tenant(), role: run.arg(0) });

function tell(run: Run, data: object): void {
  if (isWaiting(data)) run.waits(data.approval);
  run.out.item(data, (data as Role).role, COLUMNS as readonly Column<never>[]);
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list a tenant’s roles',
    run: async (run) => {
      const path = { tenantId: await run.tenant() };
      await run.out.list(
        run.api.items('/v1/tenants/{tenantId}/roles', { params: { path } }),
        COLUMNS,
        ({ role }) => role,
      );
    },
  },
  {
    name: 'get',
    about: 'show a role',
    args: [ROLE],
    run: async (run) => tell(run, (await run.api.GET(ONE, { params: { path: await pathOf(run) } })).data),
  },
  {
    name: 'set',
    about: 'create or replace a role; keys that have it follow within seconds',
    args: [ROLE],
    options: [
      ['--permissions <list>', 'such as orders:read,invoices:* (required)'],
      ['--description <text>', 'for people'],
      [
        '--wakes-keys',
        'keys that still have the name of a role that was taken away are meant to get this one',
      ],
    ],
    run: async (run) => {
      const { permissions, description, wakesKeys } = run.options;
      const body = { permissions: listOf(permissions) ?? [], ...given({ description, wakesKeys }) };
      tell(run, (await run.api.PUT(ONE, { params: { path: await pathOf(run) }, body })).data);
    },
  },
  {
    name: 'delete',
    about: 'delete a role; keys that have it may do nothing until they get another',
    args: [ROLE],
    run: async (run) => {
      const path = await pathOf(run);
      await run.confirm(`Keys with the role ${path.role} will be refused everywhere.`, path.role);
      const { data } = await run.api.DELETE(ONE, { params: { path } });
      if (data && isWaiting(data)) run.waits(data.approval);
      run.out.done(`Deleted ${path.role}.`);
    },
  },
];
