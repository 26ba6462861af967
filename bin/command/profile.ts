import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { usage } from './exit.ts';

/** Where one deployment is, and who signs in there. */
export interface Profile {
  readonly url?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly tenant?: string;
}

export const PROFILE_FIELDS = ['url', 'issuer', 'clientId', 'tenant'] as const;

export interface Config {
  /** The profile that is meant where none is named. */
  readonly profile: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const DEFAULT_PROFILE = 'default';

/** `~/.config/keywright`, as XDG and Windows have it. */
export function configFolder(env = process.env): string {
  if (env.XDG_CONFIG_HOME) return join(env.XDG_CONFIG_HOME, 'keywright');
  if (process.platform === 'win32' && env.APPDATA) return join(env.APPDATA, 'keywright');
  return join(homedir(), '.config', 'keywright');
}

export function readConfig(): Config {
  const known = readJson<Partial<Config>>('config.json');
  return { profile: known?.profile ?? DEFAULT_PROFILE, profiles: known?.profiles ?? {} };
}

/** Changes one profile; a field that is undefined is taken out. */
export function writeProfile(
  name: string,
  changes: Partial<Record<keyof Profile, string | undefined>>,
): void {
  if (!/^[\w.-]{1,50}$/.test(name))
    throw usage('A profile’s name has letters, digits, dots, hyphens and underscores');
  const config = readConfig();
  const entries = Object.entries({ ...config.profiles[name], ...changes });
  const profile = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  const first = Object.keys(config.profiles).length === 0;
  writeJson('config.json', {
    profile: first ? name : config.profile,
    profiles: { ...config.profiles, [name]: profile },
  });
}

export function chooseProfile(name: string): void {
  const config = readConfig();
  if (config.profiles[name] === undefined)
    throw usage(`There is no profile ${name}; keywright login --profile ${name} makes it`);
  writeJson('config.json', { ...config, profile: name });
}

/** Undefined where there is no such file. @throws Exit where it holds something else than JSON */
export function readJson<Value>(name: string): Value | undefined {
  const path = join(configFolder(), name);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Value;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw usage(`${path} can't be read: ${error instanceof Error ? error.message : error}`);
  }
}

/** In one step, so that nobody finds half a file; for its owner alone. */
export function writeJson(name: string, value: object): void {
  const folder = configFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
}
