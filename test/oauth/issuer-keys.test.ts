import { expect, test } from '@jest/globals';
import { IssuerKeys } from '../../core/oauth/issuer-keys.ts';

const ISSUER = 'https://issuer.test';

/** An issuer that fails so many times before it answers. */
function issuerKeys(failures: number) {
  const asked: string[] = [];
  let left = failures;
  const fetchJson = async (url: string) => {
    asked.push(url);
    if (left-- > 0) throw new Error('no connection');
    return url.endsWith('/jwks') ? { keys: [] } : { jwks_uri: `${ISSUER}/jwks` };
  };
  return { asked, keys: new IssuerKeys(ISSUER, fetchJson, () => 0) };
}

test('the first reading survives one failure, since nobody is admitted without keys', async () => {
  const { asked, keys } = issuerKeys(1);
  expect(await keys.current()).toEqual({ keys: [] });
  expect(asked).toHaveLength(3);
});

test('an issuer that stays silent is asked twice, and then not again for a second', async () => {
  const { asked, keys } = issuerKeys(10);
  await expect(keys.current()).rejects.toThrow(ISSUER);
  await expect(keys.current()).rejects.toThrow(ISSUER);
  expect(asked).toHaveLength(2);
});

test('whether a key is new can’t be told while the issuer is away, and is told once it is back', async () => {
  let isAway = false;
  let time = 0;
  const fetchJson = async (url: string) => {
    if (isAway) throw new Error('no connection');
    return url.endsWith('/jwks') ? { keys: [] } : { jwks_uri: `${ISSUER}/jwks` };
  };
  const keys = new IssuerKeys(ISSUER, fetchJson, () => time);
  const before = await keys.current();
  expect(await keys.refreshed(before)).toBeUndefined();
  isAway = true;
  time += 20_000;
  await expect(keys.refreshed(before)).rejects.toThrow(ISSUER);
  // Not asked again so soon, and still not known.
  await expect(keys.refreshed(before)).rejects.toThrow(ISSUER);
  expect(await keys.current()).toEqual({ keys: [] });
  isAway = false;
  time += 20_000;
  expect(await keys.refreshed(before)).toEqual({ keys: [] });
});
