import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { DomainError } from '../domain/ground/domain-error.ts';
import type { KeyFormat } from '../domain/keys/key-format.ts';
import { keysIn } from '../domain/keys/key-search.ts';

/** Headers that are for keys and nothing else. */
const KEY_HEADERS = ['x-api-key', 'ocp-apim-subscription-key', 'client-key'];

/** A proxy may have decoded a text once before it came here, and a program encoded it twice. */
const MOST_DECODINGS = 2;
const ESCAPE = /(?:%[0-9A-Fa-f]{2})+/g;
/** As long as the shortest key's prefix and body are in base64, or longer; `-_` are base64url's. */
const BASE64 = /[A-Za-z0-9+/_-]{64,}/g;
const LINE_ENDS = /\r|\n|\\r|\\n/g;
/** A run may begin with characters that are not of the base64 text inside of it. */
const ALIGNMENTS = [0, 1, 2, 3];

/**
 * Whether a request carries an API key, wherever it stands and however it is escaped: managing keys is for
 * people. A text that only looks like a key (its checksum is wrong) is none. Every text is read as it stands,
 * percent-decoded, and by the base64 in it, in time that grows with its length and no faster: look at the
 * size of a body first.
 */
export function carriesKey(event: APIGatewayProxyEventV2, body: string, format: KeyFormat): boolean {
  if (KEY_HEADERS.some((name) => event.headers[name] !== undefined)) return true;
  const texts = [
    ...Object.values(event.headers),
    ...(event.cookies ?? []),
    ...Object.entries(event.queryStringParameters ?? {}).flat(),
    ...Object.values(event.pathParameters ?? {}),
    event.rawPath,
    event.rawQueryString,
    body,
    unescaped(body),
  ];
  return texts.some((text) => text !== undefined && holdsKey(text, format));
}

/** Whether a text holds a whole key, however it is escaped there. */
export function holdsKey(text: string, format: KeyFormat): boolean {
  const isThere = (plain: string) => keysIn(plain, format).length > 0;
  return decodings(text).some((each) => isThere(each) || inBase64(each, isThere));
}

/**
 * Of a body that brings keys: that they stand in the fields for them alone. What the others hold is kept, shown and
 * told in events.
 * @param own texts that the body brings and that Keywright's form does not tell
 * @throws DomainError `invalid_request` that names the field
 */
export function requireNoKeyIn(fields: object, format: KeyFormat, own: readonly string[] = []): void {
  for (const [param, value] of Object.entries(fields)) {
    const text = JSON.stringify(value) ?? '';
    if (!holdsKey(text, format) && !own.some((each) => text.includes(JSON.stringify(each).slice(1, -1))))
      continue;
    throw new DomainError('invalid_request', `${param} holds a key, and is shown to people; leave it out`, {
      param,
    });
  }
}

function inBase64(text: string, isThere: (plain: string) => boolean): boolean {
  // Base64 is broken into lines where it travels by mail; JSON writes their ends as escapes.
  const runs = text.replace(LINE_ENDS, '').match(BASE64) ?? [];
  return runs.some((run) =>
    ALIGNMENTS.some((start) => isThere(Buffer.from(run.slice(start), 'base64').toString('latin1'))),
  );
}

/** A text and what percent-decoding makes of it; what is no escape stays as it is. */
function decodings(text: string): string[] {
  const readings = [text];
  for (let i = 0, last = text; i < MOST_DECODINGS && last.includes('%'); i++) {
    last = last.replace(ESCAPE, (escapes) =>
      Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('latin1'),
    );
    readings.push(last);
  }
  return readings;
}

/** JSON can spell every character as `\u…`; written anew, it spells keys plainly. */
function unescaped(body: string): string | undefined {
  if (!body.includes('\\')) return undefined;
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return undefined;
  }
}
