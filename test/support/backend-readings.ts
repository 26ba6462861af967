/**
 * What a backend makes of the path that it is sent, and how it compares that with its routes. Each does its
 * steps in an order of its own, and that is all that this file knows: nothing here is taken from the gate.
 */
export interface Backend {
  /** Undefined where the backend answers that it can't read the path. */
  read(path: string): string | undefined;
  readonly ignoresCase?: boolean;
  /** Whether `/orders/` finds the route `/orders`. */
  readonly ignoresSlash?: boolean;
  /** Whether `/orders.json` finds the route `/orders`. */
  readonly takesFormats?: boolean;
  /** Whether `/files/` finds `/files/{path+}`. */
  readonly takesEmptyRest?: boolean;
}

type Step = (path: string) => string;

export const cutParameters: Step = (path) => path.replaceAll(/;[^/]*/g, '');
export const mergeSlashes: Step = (path) => path.replaceAll(/\/{2,}/g, '/');
export const turnBackslashes: Step = (path) => path.replaceAll('\\', '/');
export const compatible: Step = (path) => path.normalize('NFKC');
const cutQuery: Step = (path) => path.split(/[?#]/)[0] ?? '';
export const cutNull: Step = (path) => path.split('\0')[0] ?? '';
export const trimSegments: Step = (path) =>
  path
    .split('/')
    .map((segment) => (/^\.{1,2}$/.test(segment) ? segment : segment.trim().replace(/[. ]+$/, '')))
    .join('/');
export const cutSessions: Step = (path) => path.replaceAll(/\/\([A-Za-z]\([^)]*\)\)/g, '');
export const dropInvisible: Step = (path) =>
  path.replaceAll(/[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu, '');
/** Bytes that are no UTF-8 are kept as they are, as nginx and PHP do; overlong forms are read by old decoders. */
export const decode: Step = (path) =>
  path
    .replaceAll(/%c0%ae/gi, '.')
    .replaceAll(/%c0%af/gi, '/')
    .replaceAll(/(?:%[0-9a-f]{2})+/gi, (text) => {
      try {
        return decodeURIComponent(text);
      } catch {
        return unescape(text);
      }
    });
const decodeSegments: Step = (path) => path.split('/').map(decode).join('/');
/** RFC 3986, 5.2.4, and as file systems do. */
export const resolveDots: Step = (path) => {
  const kept: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  return `/${kept.join('/')}${/\/\.{1,2}$/.test(path) && kept.length > 0 ? '/' : ''}`;
};

export const inTurn =
  (...steps: readonly Step[]) =>
  (path: string) =>
    steps.reduce((text, step) => step(text), path);

export const BACKENDS: Readonly<Record<string, Backend>> = {
  'API Gateway, REST': { read: inTurn(decodeSegments), ignoresSlash: true },
  'API Gateway, HTTP': { read: inTurn(decode, cutQuery), takesEmptyRest: true },
  'behind API Gateway, HTTP, decoding once more': { read: inTurn(decode, cutQuery, decode) },
  Tomcat: { read: inTurn(cutParameters, decode, turnBackslashes, mergeSlashes, resolveDots) },
  'Tomcat behind a proxy that decodes': {
    read: inTurn(decode, cutParameters, decode, mergeSlashes, resolveDots),
  },
  Spring: { read: inTurn(cutParameters, decodeSegments), ignoresSlash: true, takesEmptyRest: true },
  'Spring, suffix patterns': { read: inTurn(decode, cutParameters), ignoresSlash: true, takesFormats: true },
  Jetty: { read: inTurn(decode, resolveDots, cutParameters, resolveDots) },
  Express: { read: (path) => path, ignoresCase: true, ignoresSlash: true },
  'Express behind decodeURI': { read: inTurn(decode), ignoresCase: true, ignoresSlash: true },
  Flask: { read: inTurn(decode, mergeSlashes), ignoresSlash: true },
  'Flask, compatible characters': { read: inTurn(decode, compatible, mergeSlashes, resolveDots) },
  Rails: { read: inTurn(mergeSlashes, decodeSegments), ignoresSlash: true, takesFormats: true },
  'Go, net/http': { read: inTurn(decode, mergeSlashes, resolveDots), takesEmptyRest: true },
  nginx: { read: inTurn(decode, mergeSlashes, resolveDots) },
  'nginx in front of what decodes again': {
    read: inTurn(decode, mergeSlashes, resolveDots, decode, resolveDots),
  },
  IIS: {
    read: inTurn(decode, turnBackslashes, cutSessions, trimSegments, mergeSlashes, resolveDots),
    ignoresCase: true,
    ignoresSlash: true,
  },
  'C strings': { read: inTurn(decode, cutNull, mergeSlashes, resolveDots) },
  'a proxy that drops what it can’t show': { read: inTurn(decode, dropInvisible, mergeSlashes, resolveDots) },
  'upper-casing': { read: inTurn(decode, (path) => path.toUpperCase()), ignoresCase: true },
  'lower-casing': { read: inTurn(decode, (path) => path.toLowerCase()), ignoresCase: true },
};
