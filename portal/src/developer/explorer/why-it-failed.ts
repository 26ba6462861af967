import type { Wants } from './api-call.ts';
import type { Answered, Failure } from './outcome.ts';

/** What went wrong, and what to do. */
export interface Explanation {
  readonly header: string;
  readonly text: string;
  /** Whether the API itself spoke: then the key was accepted. */
  readonly isApis?: boolean;
}

const FAILURES: Readonly<Record<Failure, Explanation>> = {
  bad_header: {
    header: 'A header can’t be sent as it is',
    text: 'Headers hold Latin letters, digits and signs on one line. Look at the key, the token and the headers of the form.',
  },
  offline: {
    header: 'You are offline',
    text: 'The request was not sent. Try again once the network is back.',
  },
  too_slow: {
    header: 'No answer for 30 seconds',
    text: 'The request may have been carried out all the same. Look before you send it again.',
  },
  not_declared: {
    header: 'This page may not call that address',
    text: 'The portal’s policy names the origins that it may call, and this is none of them. Its operator adds it to portal.apiOrigins.',
  },
  mixed_content: {
    header: 'The API’s address is not encrypted',
    text: 'Browsers don’t let a page of https call an address of http. The API needs https; from a program it can be called as it is.',
  },
  redirect: {
    header: 'It answered with a redirect',
    text: 'It is not followed, since your key would go along. Send to the address that it leads to.',
  },
  preflight: {
    header: 'The API’s preflight refused it (CORS)',
    text: 'It answers pages, but lets them send neither this method nor these headers. Nothing is wrong with your key: from a program the same call works. The API’s operator adds them to its CORS settings.',
  },
  no_cors: {
    header: 'The API does not answer to pages (CORS)',
    text: 'Something answered, without letting a page of this origin read it. Nothing is known of your key: from a program the same call may work. The API’s operator turns CORS on.',
  },
  unreachable: {
    header: 'Nothing answers at that address',
    text: 'Its name may be wrong, its server down, its certificate not trusted, or your network may not let you there.',
  },
};

export function explainFailure(failure: Failure): Explanation {
  return FAILURES[failure];
}

const BY_CODE: Readonly<Record<string, Explanation>> = {
  tenant_mismatch: {
    header: 'The key is another tenant’s',
    text: 'x-tn names a tenant that the key does not belong to. Choose the tenant whose key it is.',
  },
  environment_mismatch: {
    header: 'The key is for the other environment',
    text: 'Sandbox keys open sandbox APIs, and live keys live ones.',
  },
  insufficient_permissions: {
    header: 'The key may not do this',
    text: 'Its role, or its own permissions, lack what this operation takes. An admin of the tenant can give it.',
  },
  subscription_not_active: {
    header: 'The subscription is not active',
    text: 'It waits, or it was suspended or ended. Its page says which, and what to do.',
  },
  product_not_subscribed: {
    header: 'The subscription does not open this API',
    text: 'Its product holds other APIs. Subscribe to one that holds this.',
  },
  network_not_allowed: {
    header: 'The key may not be used from this network',
    text: 'It is limited to certain networks, and your browser’s is none of them.',
  },
  origin_not_allowed: {
    header: 'The key may not be used from this page',
    text: 'It is limited to certain origins. The portal’s has to be one of them for the explorer.',
  },
};

/** Azure’s wording has no codes. */
const BY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/does not contain this API/i, 'product_not_subscribed'],
  [/other environment/i, 'environment_mismatch'],
  [
    /subscription (?:is )?(?:not active|pending|suspended|cancelled|rejected|waits)/i,
    'subscription_not_active',
  ],
  [/from this network/i, 'network_not_allowed'],
  [/from this origin/i, 'origin_not_allowed'],
  [/permission/i, 'insufficient_permissions'],
];

/** What a status that is no success means to whoever sent it; undefined for a success. */
export function explainStatus({ status, body, retryAfter }: Answered, wants: Wants): Explanation | undefined {
  if (status < 400) return undefined;
  const { code, message } = saidIn(body);
  if (status === 401) return unauthenticated(code, message, wants);
  if (status === 403) return BY_CODE[code ?? codeByWords(message)] ?? FORBIDDEN;
  if (status === 429) {
    return {
      header: /quota/i.test(`${code} ${message}`) ? 'The quota is used up' : 'Too many requests',
      text: `${retryAfter === null ? 'Wait a moment' : `Wait ${retryAfter} seconds`}, and send it again.`,
    };
  }
  if (status === 503) {
    return {
      header: 'The API is not available for the moment',
      text: 'Send it again shortly. Nothing is wrong with your key.',
    };
  }
  if (status >= 500) {
    return {
      header: 'The API failed',
      text: 'Your key was accepted; what went wrong is on its side.',
      isApis: true,
    };
  }
  return {
    header: status === 404 ? 'The API knows no such thing' : 'The API refused what was asked',
    text: 'Your key was accepted. What the API says of it is below.',
    isApis: true,
  };
}

const FORBIDDEN: Explanation = {
  header: 'The key may not do this',
  text: 'It is known, and was refused for what it asked for, for its state, or for where it came from. The API does not say which.',
};

function unauthenticated(code: string | undefined, message: string, wants: Wants): Explanation {
  if (code === 'invalid_token' || /^Unauthorized\. Access token/.test(message)) {
    return {
      header: 'The access token was not accepted',
      text: 'It has ended, or it is for something else. Get a new one.',
    };
  }
  const also = [
    ...(wants.scheme === 'tenant' ? ['the tenant is not named'] : []),
    ...(wants.clientKey ? ['the client key is not this API’s'] : []),
    ...(wants.token ? ['the access token is missing or has ended'] : []),
  ];
  return {
    header: 'The key was not accepted',
    text: `It is unknown, disabled, revoked or has ended${also.map((each) => `, or ${each}`).join('')}. To strangers all of these look alike, so the API says no more.`,
  };
}

function codeByWords(message: string): string {
  return BY_WORDS.find(([words]) => words.test(message))?.[1] ?? '';
}

/** The code and the message of a body in either of the shapes that refusals have. */
function saidIn(body: string): { code: string | undefined; message: string } {
  try {
    const value = Object(JSON.parse(body)) as {
      error?: { code?: unknown; message?: unknown };
      message?: unknown;
    };
    const { code, message } = Object(value.error) as { code?: unknown; message?: unknown };
    return {
      code: typeof code === 'string' ? code : undefined,
      message: String(message ?? value.message ?? ''),
    };
  } catch {
    return { code: undefined, message: '' };
  }
}
