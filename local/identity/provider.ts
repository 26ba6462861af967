import type { AccountClaims, ClientMetadata, Configuration, KoaContextWithOIDC } from 'oidc-provider';
import Provider, { errors } from 'oidc-provider';
import { CALLBACK_PATH } from '../../core/contract/session.ts';
import { ACCESS_TOKEN_SECONDS, claimsOf } from './access-token.ts';
import type { Machine } from './machine.ts';
import {
  deviceCodePage,
  deviceConfirmPage,
  deviceDonePage,
  errorPage,
  PAGE_HEADERS,
  signedOutPage,
  signOutPage,
} from './pages.ts';
import type { Person } from './people.ts';
import { PORTAL_CLIENT_ID } from './portal-client.ts';
import { MANAGEMENT_API, PAYMENTS_API, type Resource } from './resources.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { IdentityStore } from './store.ts';

/** The portal, as its issuer knows it. */
interface Portal {
  /** Its origin. */
  readonly url: string;
  readonly secret: string;
}

/** RFC 8628, 3.4. */
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SIGN_IN_SECONDS = 10 * 60;
/** A working day; after it people give password and code again. */
const SESSION_SECONDS = 12 * 3600;
const REFRESH_SECONDS = 14 * 24 * 3600;

/**
 * The portal has a secret, which its backend keeps, and so may have refresh tokens. The command has none; it may keep
 * a refresh token after the person has agreed, and its redirects may use any port of the loopback interface
 * (RFC 8252, 7.3). The machine acts in nobody's name and has a secret.
 */
function clients(portal: Portal, machine: Machine): ClientMetadata[] {
  return [
    {
      client_id: PORTAL_CLIENT_ID,
      client_name: 'Keywright portal',
      client_secret: portal.secret,
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [portal.url + CALLBACK_PATH],
      post_logout_redirect_uris: [`${portal.url}/`],
      require_auth_time: true,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    {
      client_id: 'keywright-cli',
      client_name: 'keywright command',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback', 'http://localhost/callback'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE_GRANT],
      response_types: ['code'],
    },
    {
      client_id: machine.clientId,
      client_secret: machine.clientSecret,
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
    },
  ];
}

/**
 * The OpenID provider of `npm start`: authorization code with PKCE for the portal and the command, a code to be typed
 * elsewhere for a command without a browser, client credentials for a machine.
 */
export function createProvider(o: {
  issuer: string;
  portal: Portal;
  people: readonly Person[];
  machine: Machine;
  keys: SigningKeys;
  store: IdentityStore;
}): Provider {
  const personOf = (sub: string) => o.people.find((person) => person.sub === sub);
  const portalOrigin = new URL(o.portal.url).origin;
  const provider = new Provider(o.issuer, {
    adapter: (model: string) => o.store.adapter(model),
    clients: clients(o.portal, o.machine),
    jwks: { keys: [o.keys.signingKey] },
    cookies: {
      // Cookies know no ports: the names keep clear of whatever else runs on localhost.
      names: { session: 'keywright_session', interaction: 'keywright_signin', resume: 'keywright_resume' },
      keys: o.keys.cookieKeys,
    },
    responseTypes: ['code'],
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub', 'amr', 'email', 'email_verified', 'keywright:role', 'keywright:tenants'] },
    async findAccount(_context, sub) {
      const person = personOf(sub);
      return person && { accountId: sub, claims: (): AccountClaims => ({ sub, ...claimsOf(person) }) };
    },
    extraTokenClaims(context, token) {
      const person = 'accountId' in token ? personOf(token.accountId) : undefined;
      const { AuthorizationCode, DeviceCode, RefreshToken } = context.oidc.entities;
      const source = AuthorizationCode ?? DeviceCode ?? RefreshToken;
      return person && { ...claimsOf(person), amr: source?.amr ?? [], auth_time: source?.authTime };
    },
    issueRefreshToken: async (_context, client, code) =>
      client.grantTypeAllowed('refresh_token') &&
      (client.clientId === PORTAL_CLIENT_ID || code.scopes.has('offline_access')),
    clientBasedCORS: (_context, origin) => origin === portalOrigin,
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    loadExistingGrant: (context) => loadGrant(context),
    features: features(({ clientId }) => (clientId === o.machine.clientId ? PAYMENTS_API : MANAGEMENT_API)),
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      DeviceCode: SIGN_IN_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: SIGN_IN_SECONDS,
      Session: SESSION_SECONDS,
      RefreshToken: REFRESH_SECONDS,
      Grant: REFRESH_SECONDS,
    },
    renderError(context, out) {
      show(context, errorPage(out.error_description ?? out.error));
    },
  });
  provider.use(readableBy(portalOrigin));
  return provider;
}

/** The library lets pages of every origin read keys and discovery; here those of one may, and no other. */
function readableBy(origin: string): Parameters<Provider['use']>[0] {
  return async (context, next) => {
    await next();
    if (context.get('origin') === origin) return;
    const headers = Object.keys(context.response.headers);
    for (const name of headers) if (name.startsWith('access-control-')) context.remove(name);
  };
}

/** @param resourceOf what a client's access tokens are for */
function features(
  resourceOf: (client: { clientId: string }) => Resource,
): NonNullable<Configuration['features']> {
  return {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (context, form, _out, problem) =>
        show(context, deviceCodePage(form, problem && 'This code is wrong, or has been used or has ended.')),
      userCodeConfirmSource: (context, form, _client, _device, code) =>
        show(context, deviceConfirmPage(form, code)),
      successSource: (context) => show(context, deviceDonePage()),
    },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    // Access tokens are for the management API alone; ID tokens carry all that is known of a person.
    userinfo: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) => show(context, signOutPage(form)),
      postLogoutSuccessSource: (context) => show(context, signedOutPage()),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, client) => resourceOf(client).indicator,
      getResourceServerInfo(_context, asked, client) {
        const { indicator, audience, scopes } = resourceOf(client);
        if (asked !== indicator) throw new errors.InvalidTarget(`the only resource is ${indicator}`);
        return {
          scope: scopes.join(' '),
          audience,
          accessTokenTTL: ACCESS_TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  };
}

function show(context: KoaContextWithOIDC, html: string): void {
  context.set(PAGE_HEADERS);
  context.body = html;
}

/** What the person has allowed the client before; the portal is our own and needs no permission. */
async function loadGrant(context: KoaContextWithOIDC) {
  const { client, session, result, provider, params } = context.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (known !== undefined || client.clientId !== PORTAL_CLIENT_ID) return known;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(String(params?.scope ?? 'openid'));
  await grant.save();
  return grant;
}

/** Records that the person allows the client what it asks for; the id of the grant. */
export async function grantAsked(
  provider: Provider,
  interaction: Awaited<ReturnType<Provider['interactionDetails']>>,
): Promise<string> {
  const known =
    interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId);
  const grant =
    known ??
    new provider.Grant({
      clientId: String(interaction.params.client_id),
      accountId: interaction.session?.accountId ?? '',
    });
  grant.addOIDCScope(String(interaction.params.scope ?? 'openid'));
  return grant.save();
}
