import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { KeyFormat } from '../domain/key-format.ts';

/** Headers that are for keys and nothing else. */
const KEY_HEADERS = ['x-api-key', 'ocp-apim-subscription-key', 'client-key'];

/**
 * Whether a request carries an API key, wherever it stands and however it is escaped: managing keys is for
 * people. A text that only looks like a key (its checksum is wrong) is none.
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

function holdsKey(text: string, format: KeyFormat): boolean {
  return (text.match(format.pattern()) ?? []).some((found) => format.parse(found) !== undefined);
}

/** JSON can spell every character as `\u…`; written anew, it spells keys plainly. */
function unescaped(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return '';
  }
}
