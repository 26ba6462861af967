import type { Schemas } from '../../../client/keywright-client.ts';
import { type Column, field, time } from '../format.ts';
import type { Run } from '../run.ts';
import { given, type Verb } from '../verb.ts';

type Alert = Schemas['Alert'];

const COLUMNS: readonly Column<Alert>[] = [
  field('alertId'),
  field('kind'),
  field('tenantId'),
  { name: 'subject', of: ({ subject }) => subject.id },
  field('state'),
  time('foundAt', ({ foundAt }) => foundAt),
  { name: 'measured', of: ({ evidence }) => evidence.measured, align: 'right' },
  { name: 'threshold', of: ({ evidence }) => evidence.threshold, align: 'right' },
];
const FIELDS: readonly Column<Alert>[] = [
  ...COLUMNS,
  field('suggestion'),
  field('acknowledgedBy'),
  field('note'),
];

const tell = (run: Run, alert: Alert) =>
  run.out.item(alert, alert.alertId, FIELDS as readonly Column<never>[]);

export const verbs: readonly Verb[] = [
  {
    name: 'list',
    about: 'list security findings, newest first',
    options: [
      ['--state <state>', 'open or acknowledged'],
      ['--kind <kind>', 'such as keyAuthFailures'],
    ],
    run: async (run) => {
      const { tenant: tenantId, state, kind } = run.options;
      const query = { limit: 100, ...given({ tenantId, state, kind }) };
      await run.out.list(
        run.api.items('/v1/alerts', { params: { query } }),
        COLUMNS,
        ({ alertId }) => alertId,
        'No alerts.',
      );
    },
  },
  {
    name: 'acknowledge',
    about: 'say that it was looked at',
    args: [['<alert>', 'its id']],
    options: [['--note <text>', 'what became of it']],
    run: async (run) => {
      const path = { alertId: run.arg(0) };
      const body = given({ note: run.options.note });
      tell(run, (await run.api.POST('/v1/alerts/{alertId}/acknowledge', { params: { path }, body })).data);
    },
  },
];
