import { readFileSync } from 'node:fs';
import { type CountryResponse, Reader } from 'maxmind';
import { publicAddress } from './public-address.ts';

/** Tells the country of an address: ISO 3166-1 alpha-2, or `-` where it is not known or the address is private. */
export type CountryOf = (address: string) => string;

const UNKNOWN_COUNTRY = '-';

/**
 * Reads a database of countries in MaxMind's format (MMDB 2.0), some 8 MB that stay in memory.
 * @param path of a file whose records are `{country_code}`, as ip-location-db makes them
 * @throws Error when there is no such file or it is of another kind
 */
export function openCountryDatabase(path: string): CountryOf {
  const reader = new Reader<CountryResponse>(readFileSync(path));
  const { databaseType } = reader.metadata;
  if (!databaseType.includes('country')) {
    throw new Error(`${path} holds ${JSON.stringify(databaseType)}; expected a database of countries`);
  }
  return (address) => {
    const known = publicAddress(address);
    const found = known === undefined ? null : (reader.get(known) as { country_code?: unknown } | null);
    const code = found?.country_code;
    return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : UNKNOWN_COUNTRY;
  };
}
