import * as z from 'zod';
import type { OperationSchema } from '../operation.ts';
import { tenantId } from './fields.ts';

const count = z.int().min(0);
const byEnvironment = z
  .strictObject({ sandbox: count, live: count })
  .meta({ example: { sandbox: 4, live: 12 } });
const requests = z.strictObject({
  requests: count,
  clientErrors: count,
  serverErrors: count,
  errorShare: z.number().min(0).max(1).meta({ description: 'Of 4xx and 5xx among all; 0 without any' }),
});

const summaryShape = z
  .strictObject({
    tenantId: tenantId
      .nullable()
      .meta({ description: 'null where it is of all tenants', example: 'tenant_acme' }),
    keys: z.strictObject({
      active: byEnvironment,
      disabled: byEnvironment,
      revoked: byEnvironment,
      expired: byEnvironment,
      expiring: count.meta({ description: 'That end within 14 days', example: 2 }),
      inOverlap: count.meta({ description: 'Whose older secret still works' }),
      unused: count.meta({ description: 'That nobody used for 90 days' }),
    }),
    subscriptions: z.strictObject({ pending: count }),
    approvals: z
      .strictObject({ pending: count })
      .nullable()
      .meta({ description: 'null for developers, who are shown their own alone' }),
    signUps: z
      .strictObject({ pending: count })
      .nullable()
      .meta({ description: 'Of people who belong to no tenant yet; null but for who acts for all tenants' }),
    alerts: z.strictObject({ open: count }).nullable().meta({ description: 'null for developers' }),
    requests: z
      .strictObject({ today: requests, yesterday: requests })
      .nullable()
      .meta({
        description: 'Of UTC days; null where it is of all tenants',
        example: {
          today: { requests: 88_310, clientErrors: 1204, serverErrors: 3, errorShare: 0.0137 },
          yesterday: { requests: 91_022, clientErrors: 950, serverErrors: 0, errorShare: 0.0104 },
        },
      }),
  })
  .meta({ id: 'Summary' });

export type Summary = z.output<typeof summaryShape>;

export const summarySchemas = {
  getSummary: {
    summary: 'Count what a tenant has, or all tenants together: keys, what waits, alerts, requests',
    query: z.strictObject({
      tenantId: tenantId
        .optional()
        .meta({ description: 'Left out it is your only one, or all of them where you act for all' }),
    }),
    answers: { 200: summaryShape },
  },
} as const satisfies Record<string, OperationSchema>;
