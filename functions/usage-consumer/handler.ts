import { join } from 'node:path';
import { deployedTable } from '../../core/aws/document-client.ts';
import { required } from '../../core/aws/lambda-environment.ts';
import { COUNTRY_DATABASE, ENV } from '../../core/contract/deployment.ts';
import { openCountryDatabase } from '../../core/geo/country-database.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { usageConsumerHandler } from './consumer-handler.ts';

const { env } = process;
const table = deployedTable(ENV.usageTable);

export const handler = usageConsumerHandler({
  usage: new UsageStore(table),
  lastUses: new LastUseStore(table),
  countryOf: openCountryDatabase(join(required(env, 'LAMBDA_TASK_ROOT'), COUNTRY_DATABASE)),
  retention: {
    hourDays: Number(required(env, ENV.usageHourDays)),
    dayDays: Number(required(env, ENV.usageDayDays)),
  },
  now: () => new Date(),
  random: Math.random,
});
