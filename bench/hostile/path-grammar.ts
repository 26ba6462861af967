import { oneOf } from './world.ts';

const PLAIN = [
  '/v1/orders/7',
  '/v1/orders/7',
  '/v1/orders',
  '/v1/orders/count',
  '/v1/orders/7/cancel',
  '/v1/products/7',
  '/v1/products/export',
  '/v1/products',
  '/v1/exports',
  '/v1/exports/2026/june',
  '/v1/reports/summary',
  '/v1/orders/summary',
  '/v2/invoices/7',
  '/invoices',
  '/status',
  '/connect',
  '/graphql',
  '/v1',
  '/',
  '/v1/orders/caf\u00e9',
  '/v1/orders/caf%C3%A9',
  '/v1/orders/a%2Bb%40c%2C',
  '/v1/orders/\u65e5\u672c',
  "/v1/orders/a:b@c!$&'()*+,=~-_.d",
];

/** What readers read differently, put somewhere into a path. */
const AMBIGUOUS = [
  '/..;/invoices',
  '/..;x=1/invoices',
  '/..%3b/invoices',
  '/../invoices',
  '/./invoices',
  '/..',
  '/.',
  '/%2e%2e/invoices',
  '/%252e%252e/invoices',
  '/..%2finvoices',
  '/..%5cinvoices',
  '\\..\\invoices',
  '//invoices',
  '//',
  ';v=1',
  '%3Bv=1',
  ';',
  '.',
  '%2e',
  '%6frders',
  '%41',
  '%7E',
  '%2D',
  '%5f',
  '\u043e',
  '%D0%BE',
  '%CE%BF',
  '%20',
  ' ',
  '\t',
  '\n',
  '%0a',
  '%00',
  '\u0000',
  '\u007f',
  '%E2%80%8B',
  '\u200b',
  '\u00a0',
  '%C2%A0',
  '\u3000',
  '\uff0e\uff0e/invoices',
  '\uff0f..\uff0finvoices',
  '\uff4f',
  '%EF%BC%8E%EF%BC%8E',
  'e\u0301',
  '\u017f',
  '%',
  '%zz',
  '%C3',
  '%C3%28',
  '%C0%AF',
  '%25',
  '%3F',
  '%23',
  '\ud800',
];

/** A path: plain, with a last slash, in another case, or with something in it that has two readings. */
export function drawPath(random: () => number): string {
  const plain = oneOf(PLAIN, random);
  const kind = random();
  if (kind < 0.6) return plain;
  if (kind < 0.7) return plain.endsWith('/') ? plain : `${plain}/`;
  if (kind < 0.8) return cased(plain, random);
  const what = oneOf(AMBIGUOUS, random);
  const at = oneOf(
    [plain.length, plain.length, plain.length, 1 + Math.floor(random() * plain.length)],
    random,
  );
  const path = `${plain.slice(0, at)}${what}${plain.slice(at)}`;
  return random() < 0.15 ? `${path}/` : path;
}

/** Letters of a word in the other case; never the version's, nor inside an encoding. */
function cased(path: string, random: () => number): string {
  if (path.includes('%')) return path;
  const [, version = '', rest = ''] = /^(\/v[0-9]+|)(.*)$/.exec(path) ?? [];
  return (
    version + (random() < 0.5 ? rest.toUpperCase() : rest.replace(/[a-z]/, (each) => each.toUpperCase()))
  );
}
