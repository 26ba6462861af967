import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { COUNTRY_DATABASE } from '../../core/contract/deployment.ts';

const require = createRequire(import.meta.url);

/** What a function needs beside its code to tell countries: the database, and the attribution that its data asks for. */
export const COUNTRY_FILES: Readonly<Record<string, string>> = {
  [COUNTRY_DATABASE]: require.resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  ),
  NOTICE: fileURLToPath(new URL('../../NOTICE', import.meta.url)),
};
