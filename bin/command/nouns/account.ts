import { spawn } from 'node:child_process';
import { TENANT_ID } from '../../../core/domain/tenants/tenant.ts';
import { addressOf, issuerOf, portalPage } from '../address.ts';
import { EXIT, Exit, exitOf, usage } from '../exit.ts';
import { cellOf } from '../format.ts';
import { chooseProfile, PROFILE_FIELDS, type Profile, readConfig, writeProfile } from '../profile.ts';
import type { Run } from '../run.ts';
import type { Verb } from '../verb.ts';

/** What a deployment says of itself to whoever asks. */
interface Discovery {
  readonly issuer?: string | undefined;
  readonly clientId?: string | undefined;
}

async function login(run: Run): Promise<void> {
  const url = run.arg(0) === '' ? run.url : addressOf(run.arg(0));
  const client = await discover(url, run);
  const { signIn, signInByDevice } = await import('../sign-in.ts');
  const tokens = run.options.device
    ? await signInByDevice(client, (address, code) => run.out.note(`Open ${address} and type ${code}`))
    : await signIn(client, (address) => showAddress(run, 'Sign in here', address));
  await run.tokens.write(tokens);
  writeProfile(run.profileName, { url, ...client });
  const { data } = await run.client({ token: tokens.accessToken }, url).GET('/v1/me');
  run.out.done(
    `Signed in as ${data.email ?? data.sub} (${data.role ?? 'no role'}${data.mfa ? '' : ', without a second factor: it reads, and changes nothing'}).`,
  );
}

/** Asked at each sign-in: a deployment that has moved signs people in elsewhere than it did. */
async function discover(url: string, run: Run): Promise<{ issuer: string; clientId: string }> {
  const { issuer, clientId } = run.options;
  if (issuer && clientId) return { issuer: issuerOf(issuer), clientId };
  const { data } = await run.client(undefined, url).GET('/v1/.well-known/keywright');
  const before: Discovery = url === run.profile.url ? run.profile : {};
  const found: Discovery = {
    issuer: issuer ?? data.issuer ?? before.issuer,
    clientId: clientId ?? data.clientId ?? before.clientId,
  };
  if (found.issuer === undefined || found.clientId === undefined)
    throw usage(`${url} does not say whom its command signs in as: give --issuer and --client-id`);
  return { issuer: found.issuer, clientId: found.clientId };
}

function showAddress(run: Run, what: string, address: string): void {
  run.out.note(`${what}:\n\n  ${address}\n`);
  if (run.options.browser === false || !run.out.isTerminal) return;
  const [command, ...words] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open'];
  // Where there is no browser, the address is there to be copied.
  spawn(String(command), [...words, address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}

async function logout(run: Run): Promise<void> {
  const known = await run.tokens.read();
  await run.tokens.remove();
  const { issuer, clientId } = run.profile;
  if (known === undefined) return run.out.note('You were not signed in.');
  if (issuer !== undefined && clientId !== undefined) {
    const { revoke } = await import('../sign-in.ts');
    await revoke({ issuer, clientId }, known).catch((error: Error) =>
      run.out.warn(`the issuer was not told: ${error.message}`),
    );
  }
  run.out.done('Signed out.');
}

async function whoami(run: Run): Promise<void> {
  const { data } = await run.api.GET('/v1/me');
  const tenants = data.tenants === '*' ? 'all' : data.tenants.map(({ tenantId }) => tenantId).join(' ');
  run.out.item(data, data.sub, [
    { name: 'email', of: () => data.email },
    { name: 'sub', of: () => data.sub },
    { name: 'role', of: () => data.role },
    { name: 'tenants', of: () => tenants },
    { name: 'mfa', of: () => data.mfa },
    { name: 'authTime', of: () => cellOf(data.authTime) },
    { name: 'profile', of: () => run.profileName },
  ]);
}

/** Whether the API answers, how far its clock is from this one, and what it is. */
async function status(run: Run): Promise<void> {
  const started = Date.now();
  const signedIn = run.options.token !== undefined || (await run.tokens.read()) !== undefined;
  const unreachable = {
    url: run.url,
    reachable: false,
    milliseconds: null,
    skewSeconds: null,
    version: null,
  };
  const { data, response } = await run
    .client(undefined)
    .GET('/openapi.json')
    .catch((error: unknown) => {
      if (exitOf(error).code === EXIT.unavailable && !run.options.quiet)
        run.out.item({ ...unreachable, signedIn }, run.url);
      throw error;
    });
  const ended = Date.now();
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const { version } = (data as { info?: { version?: string } }).info ?? {};
  const skewSeconds = Number.isNaN(theirs) ? null : Math.round((theirs + 500 - (started + ended) / 2) / 1000);
  const report = {
    url: run.url,
    reachable: true,
    milliseconds: ended - started,
    skewSeconds,
    version: version ?? null,
    signedIn,
  };
  run.out.item(report, run.url);
  if (skewSeconds !== null && Math.abs(skewSeconds) > 60)
    run.out.warn(
      `this machine’s clock is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'slow' : 'fast'}: tokens and signatures may be refused`,
    );
}

const isField = (name: string): name is (typeof PROFILE_FIELDS)[number] =>
  PROFILE_FIELDS.includes(name as never);

/** What a field is kept as. Each throws Exit for what it can't be. */
const FIELD_RULES: Readonly<Record<(typeof PROFILE_FIELDS)[number], (text: string) => string>> = {
  url: addressOf,
  issuer: issuerOf,
  clientId: (text) => text,
  tenant(text) {
    if (TENANT_ID.test(text)) return text;
    throw usage(`${JSON.stringify(text)} is no tenant; expected tenant_ and 3 to 40 of a-z, 0-9 and _`);
  },
};

export const config: readonly Verb[] = [
  {
    name: 'list',
    about: 'list profiles',
    run: async (run) => {
      const { profile, profiles } = readConfig();
      type Row = Profile & { profile: string; current: boolean };
      const rows: Row[] = Object.entries(profiles).map(([name, each]) => ({
        profile: name,
        current: name === profile,
        ...each,
      }));
      const columns = (['profile', 'current', ...PROFILE_FIELDS] as const).map((name) => ({
        name,
        of: (row: Row) => row[name],
      }));
      await run.out.list(rows, columns, (row) => row.profile, 'No profiles. keywright login makes one.');
    },
  },
  {
    name: 'get',
    about: 'show a field of the profile',
    args: [['<field>', PROFILE_FIELDS.join(', ')]],
    run: async (run) => {
      const name = run.arg(0);
      if (!isField(name))
        throw usage(`There is no ${JSON.stringify(name)}; there are ${PROFILE_FIELDS.join(', ')}`);
      const value = run.profile[name];
      if (value === undefined) throw new Exit(EXIT.notFound, `${name} is not set`);
      run.out.line(value);
    },
  },
  {
    name: 'set',
    about: 'set a field of the profile, or which profile is meant where none is named',
    args: [
      ['<field>', `${PROFILE_FIELDS.join(', ')}, or profile`],
      ['[value]', 'nothing takes it out'],
    ],
    run: async (run) => {
      const [name = '', value = ''] = run.args;
      if (name === 'profile') return chooseProfile(value);
      if (!isField(name))
        throw usage(
          `There is no ${JSON.stringify(name)}; there are ${PROFILE_FIELDS.join(', ')} and profile`,
        );
      writeProfile(run.profileName, { [name]: value === '' ? undefined : FIELD_RULES[name](value) });
    },
  },
];

export const loginVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'sign in by the browser',
    args: [['[url]', 'the management API, such as https://keys.example.com']],
    options: [
      ['--device', 'sign in on another machine, where the issuer has that'],
      ['--no-browser', 'only print the address'],
      ['--issuer <url>', 'where the deployment does not say it'],
      ['--client-id <id>', 'where the deployment does not say it'],
    ],
    run: login,
  },
];
export const logoutVerbs: readonly Verb[] = [{ name: '', about: 'sign out', run: logout }];
export const whoamiVerbs: readonly Verb[] = [
  { name: '', about: 'show who you are and what you act for', run: whoami },
];
export const statusVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'show whether the API answers, its version, and how far its clock is from yours',
    run: status,
  },
];
export const openVerbs: readonly Verb[] = [
  {
    name: '',
    about: 'open the portal',
    args: [['[page]', 'such as keys or admin/audit']],
    run: async (run) => {
      const address = portalPage(run.url, run.arg(0));
      if (run.out.isTerminal) showAddress(run, 'The portal is here', address);
      else run.out.line(address);
    },
  },
];
