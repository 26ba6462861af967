import { base62, signed } from './key-text.ts';
import { type Api, favourite, mint, oneOf, TENANTS, type World } from './world.ts';

/** As they were sent: in order, in any case, as often as it pleased. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

const ORIGINS = [
  'https://app.example.com',
  'https://app.example.com',
  'https://APP.example.com',
  'https://a.b.example.com',
  'https://example.com',
  'https://evil.com/.example.com',
  'https://evil.com#.example.com',
  'https://app.example.com.evil.com',
  'http://app.example.com',
  'http://localhost:3000',
  'null',
  'undefined',
  'x 127.0.0.1 undefined',
  'https://app.example.com 203.0.113.7 undefined',
  'https://app.example.com, https://evil.com',
  '',
];
const NO_TENANTS = [
  '',
  ' ',
  'undefined',
  'TENANT_ACME',
  'tenant_acme ',
  'tenant_acme#',
  'x'.repeat(3000),
  '\u0000',
  '*',
];
const OPAQUE = [
  'opaque-token',
  'undefined',
  'null',
  'Basic dXNlcjpwYXNz',
  '',
  'Bearer',
  '"',
  'a'.repeat(9000),
];

/** Headers of a request for an API: most of them as its scheme asks, all of them with faults. */
export function drawHeaders(world: World, api: Api, random: () => number): HeaderList {
  const chance = (share: number) => random() < share;
  const headers: (readonly [string, string])[] = [['accept', '*/*']];
  const add = (name: string, value: string) => headers.push(...spelled(name, value, random));
  const subscribes = chance(0.96) === (api.scheme === 'subscription');
  const key = subscribes ? subscriptionKey(world, random) : apiKey(world, api, random);
  const owner = world.keys.find(({ id }) => key.includes(id))?.tenantId ?? 'tenant_acme';
  if (chance(0.98))
    add(subscribes ? 'Ocp-Apim-Subscription-Key' : oneOf(['x-api-key', 'Authorization'], random), key);
  if (chance(subscribes ? 0.2 : 0.97)) add('x-tn', chance(0.93) ? owner : anyTenant(random));
  if (chance(subscribes ? 0.9 : 0.04)) add('Client-Key', chance(0.9) ? api.clientKey : anyKey(world, random));
  if (chance(subscribes ? 0.9 : 0.04))
    add('Authorization', chance(0.95) ? token(world, random) : anyKey(world, random));
  if (chance(0.45)) add('Origin', oneOf(ORIGINS, random));
  if (chance(0.1)) add('Access-Control-Request-Method', oneOf(['GET', 'POST', ''], random));
  // What does not belong there.
  if (chance(0.03))
    add(oneOf(['x-api-key', 'Ocp-Apim-Subscription-Key', 'Authorization'], random), anyKey(world, random));
  if (chance(0.03)) add(oneOf(['x-api-key', 'Authorization', 'Client-Key'], random), key);
  if (chance(0.015)) add('x-tn', anyTenant(random));
  return headers.sort(() => random() - 0.5);
}

/** A header in some spelling, once or again, joined or with blanks about it. */
function spelled(name: string, value: string, random: () => number): HeaderList {
  const cased = oneOf([name, name, name.toLowerCase(), name.toUpperCase(), swapped(name, random)], random);
  const bearing =
    name === 'Authorization'
      ? oneOf(['Bearer ', 'Bearer ', 'bearer ', 'Bearer\t', 'BEARER  ', ''], random)
      : '';
  const one = `${bearing}${value}`;
  const again = [cased, one] as const;
  if (random() < 0.92) return [again];
  return oneOf<HeaderList>(
    [
      [again, again],
      [again, [name.toUpperCase(), one]],
      [[cased, `${one}, ${one}`]],
      [[cased, `${one},${value}`]],
      [[cased, ` ${one}\t`]],
      [[cased, `,${one} , `]],
      [again, [cased, '']],
      [[cased, `${one}\u0000`]],
      [[cased, `${one}\u00a0`]],
      [[cased, `${one}, other`]],
      [[cased, value.toUpperCase()]],
    ],
    random,
  );
}

function swapped(name: string, random: () => number): string {
  return [...name].map((each) => (random() < 0.5 ? each.toUpperCase() : each.toLowerCase())).join('');
}

function anyTenant(random: () => number): string {
  return random() < 0.7 ? oneOf(TENANTS, random) : oneOf(NO_TENANTS, random);
}

function apiKey(world: World, api: Api, random: () => number): string {
  const of = world.keys.filter(({ environment }) => environment === api.environment);
  const key = favourite(random() < 0.95 && of.length > 0 ? of : world.keys, random);
  return spoiled(world, oneOf(key.secrets, random).text, random);
}

function subscriptionKey(world: World, random: () => number): string {
  return spoiled(world, oneOf(favourite(world.subscriptions, random).slots, random), random);
}

/** Mostly the key itself; else one letter of it, its checksum, its vendor or its secret is another's. */
function spoiled({ vendor }: World, text: string, random: () => number): string {
  if (random() < 0.95) return text;
  const at = Math.floor(random() * text.length);
  return oneOf(
    [
      `${text.slice(0, at)}${base62(1, random)}${text.slice(at + 1)}`,
      signed(`${text.slice(0, -20)}${base62(14, random)}`),
      `${text.slice(0, -1)}-`,
      text.slice(0, -1),
      `${text}0`,
      vendor === '' ? `acme_${text}` : text.slice(vendor.length + 1),
      text.toUpperCase(),
      signed(text.slice(0, -6).replace('_dev_', '_live_')),
    ],
    random,
  );
}

/** A key of any kind, a token, or a text that is neither. */
function anyKey(world: World, random: () => number): string {
  const { keys, subscriptions, apis, vendor } = world;
  return oneOf<() => string>(
    [
      () => oneOf(oneOf(keys, random).secrets, random).text,
      () => oneOf(oneOf(subscriptions, random).slots, random),
      () => oneOf(apis, random).clientKey,
      () => mint(vendor, oneOf(['pk', 'sk', 'sub', 'ck'], random), 'sandbox', base62(12, random), random),
      () => token(world, random),
      () => oneOf(OPAQUE, random),
    ],
    random,
  )();
}

function token({ tokens }: World, random: () => number): string {
  return random() < 0.95 ? oneOf(tokens, random).text : `eyJhbGciOiJub25lIn0.${base62(20, random)}.`;
}
