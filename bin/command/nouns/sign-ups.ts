import type { Schemas } from '../../../client/keywright-client.ts';
import { usage } from '../exit.ts';
import { type Column, field, time } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';

type SignUp = Schemas['SignUp'];

const SIGN_UP = ['<sign-up>', 'signup_…'] as const;
const ONE = '/v1/sign-ups/{signUpId}';
const COLUMNS: readonly Column<SignUp>[] = [
  field('signUpId'),
  field('email'),
  field('company'),
  field('use'),
  field('state'),
  time('requestedAt', ({ requestedAt }) => requestedAt),
  field('tenantId'),
  field('decidedBy'),
];

const pathOf = (run: Run) => ({ signUpId: run.arg(0) });
const tell = (run: Run, signUp: SignUp) =>
  run.out.item(signUp, signUp.signUpId, COLUMNS as readonly Column<never>[]);

async function approve(run: Run): Promise<void> {
  const { newTenant: newTenantName, role } = run.options;
  // Not a profile's: where somebody is let into is said each time.
  const tenantId = run.options.tenant;
  if (tenantId === undefined)
    throw usage('Let into which tenant? Give --tenant, and --new-tenant for a new one');
  const body = { tenantId, ...given({ newTenantName, role }) };
  tell(run, (await run.api.POST(`${ONE}/approve`, { params: { path: pathOf(run) }, body })).data);
}

async function reject(run: Run): Promise<void> {
  const { reason } = run.options;
  if (reason === undefined) throw usage('Why? Give --reason: the person is told');
  tell(run, (await run.api.POST(`${ONE}/reject`, { params: { path: pathOf(run) }, body: { reason } })).data);
}

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list who signed up without an invitation',
    options: [['--state <state>', 'pending, approved or rejected']],
    run: async (run) => {
      const query = { limit: 100, ...given({ state: run.options.state }) };
      await run.out.list(
        run.api.items('/v1/sign-ups', { params: { query } }),
        COLUMNS,
        ({ signUpId }) => signUpId,
      );
    },
  },
  {
    name: 'approve',
    about: 'make a member of who signed up, of the tenant that --tenant names',
    args: [SIGN_UP],
    options: [
      ['--role <role>', 'developer (unless given) or auditor'],
      ['--new-tenant <name>', 'makes the tenant, under this name, if there is none'],
    ],
    run: approve,
  },
  {
    name: 'reject',
    about: 'reject a sign-up; the person may ask again',
    args: [SIGN_UP],
    options: [['--reason <text>', 'for the person, and the audit log (required)']],
    run: reject,
  },
];
