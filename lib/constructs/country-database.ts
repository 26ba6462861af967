import { createRequire } from 'node:module';
import { COUNTRY_DATABASE } from '../../core/contract/deployment.ts';

const require = createRequire(import.meta.url);

/** The file that a function needs beside its code to tell countries; CC0, kept up to date as an npm package. */
export const COUNTRY_FILES: Readonly<Record<string, string>> = {
  [COUNTRY_DATABASE]: require.resolve(
    '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb',
  ),
};
