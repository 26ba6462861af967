import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { objectReader } from '../../core/aws/bucket-client.ts';
import { deployedTable } from '../../core/aws/document-client.ts';
import { endpointOf, lambdaCredentials, required } from '../../core/aws/lambda-environment.ts';
import { COUNTRY_DATABASE, ENV } from '../../core/contract/deployment.ts';
import { openCountryDatabase } from '../../core/geo/country-database.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { FreshStore } from '../../core/store/fresh-store.ts';
import { tenantOfKey } from '../../core/store/key-tenant.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { ReceiptStore } from '../../core/store/receipt-store.ts';
import { RefusalStore } from '../../core/store/refusal-store.ts';
import { Settling } from '../../core/store/settling.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { usageConsumerHandler } from './consumer-handler.ts';
import { Watch } from './watch.ts';

const { env } = process;
const region = required(env, 'AWS_REGION');
const table = deployedTable(ENV.usageTable);
const main = deployedTable();
const usage = new UsageStore(table);
const fresh = new FreshStore(table);
const now = () => new Date();
const countryOf = openCountryDatabase(join(required(env, 'LAMBDA_TASK_ROOT'), COUNTRY_DATABASE));

export const handler = usageConsumerHandler({
  region,
  usage,
  lastUses: new LastUseStore(table),
  refusals: new RefusalStore(table),
  receipts: new ReceiptStore(table),
  countryOf,
  retention: {
    hourDays: Number(required(env, ENV.usageHourDays)),
    dayDays: Number(required(env, ENV.usageDayDays)),
  },
  now,
  random: Math.random,
  files: {
    // Of the Region that it runs in, as its log groups are.
    open: objectReader({
      region,
      endpoint: endpointOf(env, 'S3'),
      credentials: () => lambdaCredentials(env),
      now: Date.now,
    }),
    fresh,
    settling: new Settling(table),
  },
  watch: new Watch({
    usage,
    profiles: new ProfileStore(table, env[ENV.usageFiles] === 'true' ? fresh : undefined),
    alerts: new AlertStore(main),
    tenantOf: (keyId) => tenantOfKey(main, keyId),
    countryOf,
    now,
    randomBytes,
  }),
});
