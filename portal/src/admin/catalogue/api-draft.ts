import type { Api } from './catalogue.ts';

/** What of an API can be edited here, as the API has it; its routes and its document have pages of their own. */
export type ApiSettings = Pick<Api, 'name' | 'description' | 'baseUrl' | 'clientKeyRequired' | 'oauth'>;
type Scheme = Api['scheme'];
type Oauth = NonNullable<Api['oauth']>;

/** An API's settings as a form holds them. */
export interface ApiDraft {
  readonly name: string;
  /** Empty for none. */
  readonly description: string;
  /** Empty for none. */
  readonly baseUrl: string;
  readonly clientKeyRequired: boolean;
  readonly tokenRequired: boolean;
  readonly issuer: string;
  readonly audience: string;
  /** Separated by spaces. */
  readonly scopes: string;
  /** One a line: a role may hold spaces. */
  readonly roles: string;
}

export const EMPTY_API: ApiDraft = {
  ...{ name: '', description: '', baseUrl: '', clientKeyRequired: false },
  ...{ tokenRequired: false, issuer: '', audience: '', scopes: '', roles: '' },
};

export function settingsIn({ name, description, baseUrl, clientKeyRequired, oauth }: Api): ApiSettings {
  return { name, description, baseUrl, clientKeyRequired, oauth };
}

export function draftOfApi({ oauth, ...before }: ApiSettings): ApiDraft {
  return {
    ...{ name: before.name, description: before.description ?? '', baseUrl: before.baseUrl ?? '' },
    ...{ clientKeyRequired: before.clientKeyRequired, tokenRequired: oauth !== null },
    ...{ issuer: oauth?.issuer ?? '', audience: oauth?.audience ?? '' },
    scopes: oauth?.requiredScopes.join(' ') ?? '',
    roles: oauth?.requiredRoles.join('\n') ?? '',
  };
}

/** The settings that a form stands for; those of the other scheme are left at nothing. */
function settingsOf(draft: ApiDraft, scheme: Scheme): ApiSettings {
  const bySubscription = scheme === 'subscription';
  const oauth = {
    ...{ issuer: draft.issuer.trim(), audience: draft.audience.trim() },
    requiredScopes: partsOf(draft.scopes, /\s+/),
    requiredRoles: partsOf(draft.roles, /[\r\n]+/),
  };
  return {
    name: draft.name.trim(),
    description: draft.description.replaceAll(/[\r\n]+/g, ' ').trim() || null,
    baseUrl: draft.baseUrl.trim() || null,
    clientKeyRequired: bySubscription && draft.clientKeyRequired,
    oauth: bySubscription && draft.tokenRequired ? oauth : null,
  };
}

function partsOf(text: string, between: RegExp): string[] {
  return text
    .split(between)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The body that changes an API: what the form says otherwise than it began with, and nothing else. */
export function changesOfApi(before: ApiSettings, draft: ApiDraft, scheme: Scheme): Partial<ApiSettings> {
  const was = settingsOf(draftOfApi(before), scheme);
  const is = settingsOf(draft, scheme);
  const names = Object.keys(is) as (keyof ApiSettings)[];
  const others = names.filter((name) => JSON.stringify(is[name]) !== JSON.stringify(was[name]));
  return Object.fromEntries(others.map((name) => [name, is[name]]));
}

/** The body that registers an API: what it has not is left out. */
export function newApiOf(draft: ApiDraft, { environment, scheme }: Pick<Api, 'environment' | 'scheme'>) {
  const { description, baseUrl, ...rest } = settingsOf(draft, scheme);
  return {
    ...{ ...rest, environment, scheme },
    ...(description !== null && { description }),
    ...(baseUrl !== null && { baseUrl }),
  };
}

/** Settings as people say them. */
export function settingsInWords({ clientKeyRequired, oauth, ...texts }: Partial<ApiSettings>) {
  return {
    ...texts,
    ...(clientKeyRequired !== undefined && {
      clientKeyRequired: clientKeyRequired ? 'Required' : 'Not needed',
    }),
    ...(oauth !== undefined && { oauth: oauth ? tokenInWords(oauth) : 'Not needed' }),
  };
}

function tokenInWords({ issuer, audience, requiredScopes, requiredRoles }: Oauth): string {
  return [
    `Of ${issuer} for ${audience}`,
    ...(requiredScopes.length > 0 ? [`with the scopes ${requiredScopes.join(', ')}`] : []),
    ...(requiredRoles.length > 0 ? [`with the roles ${requiredRoles.join(', ')}`] : []),
  ].join(', ');
}

/** What a change of an API means to others. */
export interface Consequences {
  /** To whoever calls it, within five seconds. */
  readonly callers: readonly string[];
  /** To whoever looks it up. */
  readonly readers: readonly string[];
}

/** @param apiOrigins those that the portal's pages may call */
export function consequencesOf(
  of: ApiSettings & Pick<Api, 'environment'>,
  changes: Partial<ApiSettings>,
  apiOrigins: readonly string[],
): Consequences {
  const { clientKeyRequired, oauth, baseUrl, name } = changes;
  return {
    callers: [
      ...(clientKeyRequired === undefined ? [] : [clientKeyRequired ? CLIENT_KEY_ASKED : CLIENT_KEY_LEFT]),
      ...(oauth === undefined ? [] : tokenConsequences(of.oauth, oauth)),
    ],
    readers: [
      ...(baseUrl === undefined ? [] : addressConsequences(baseUrl, apiOrigins)),
      ...(name === undefined
        ? []
        : [
            `Commands find it as ${name}/${of.environment} and not as ${of.name}/${of.environment} any more; by its ID as before.`,
          ]),
    ],
  };
}

const CLIENT_KEY_ASKED =
  'Calls without the API’s client key are refused. Subscribers are shown it beside their keys.';
const CLIENT_KEY_LEFT =
  'Calls are let in without the API’s client key, and subscribers are shown it no more.';

function tokenConsequences(before: Oauth | null, after: Oauth | null): string[] {
  if (after === null) return ['Calls are let in without an access token.'];
  const { issuer, audience } = after;
  const isOther = before !== null && (before.issuer !== issuer || before.audience !== audience);
  return [
    ...(before === null ? [`Calls without an access token of ${issuer} for ${audience} are refused.`] : []),
    ...(isOther
      ? [
          `Access tokens of ${before.issuer} for ${before.audience} are refused; only those of ${issuer} for ${audience} are taken.`,
        ]
      : []),
    ...partConsequences('scope', before?.requiredScopes ?? [], after.requiredScopes),
    ...partConsequences('role', before?.requiredRoles ?? [], after.requiredRoles),
  ];
}

function partConsequences(what: string, before: readonly string[], after: readonly string[]): string[] {
  const added = after.filter((part) => !before.includes(part));
  const left = before.filter((part) => !after.includes(part));
  return [
    ...added.map((part) => `Tokens without the ${what} ${part} are refused.`),
    ...left.map((part) => `Tokens need the ${what} ${part} no more.`),
  ];
}

function addressConsequences(baseUrl: string | null, apiOrigins: readonly string[]): string[] {
  if (baseUrl === null) return ['The catalogue names no address, and the explorer can’t call the API.'];
  const origin = URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined;
  return [
    'The catalogue names this address, and the explorer calls it. Nothing changes for whoever calls the one before.',
    ...(origin === undefined || apiOrigins.includes(origin)
      ? []
      : [
          `This portal’s pages may call declared origins alone, and ${origin} is none of them: until it is added to portal.apiOrigins, the explorer can’t call the API.`,
        ]),
  ];
}
