import { readPasswords, readPeople } from '../../local/identity/people.ts';
import { authenticatorOf } from '../../local/identity/sign-in.ts';

/** A browser as far as sign-in needs one: cookies by path, forms, redirects one at a time. */
export class Browser {
  readonly #cookies = new Map<string, { value: string; path: string }>();

  async get(url: string | URL): Promise<Response> {
    return this.#request(new URL(url), { method: 'GET' });
  }

  async post(
    url: string | URL,
    form: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#request(new URL(url), { method: 'POST', body: new URLSearchParams(form), headers });
  }

  /** Goes on from an answer while it redirects within `origin`; the first that does not. */
  async follow(response: Response, origin: string): Promise<{ response: Response; url: URL }> {
    let current = response;
    let url = new URL(current.url);
    for (;;) {
      const location = current.headers.get('location');
      if (location === null) return { response: current, url };
      url = new URL(location, url);
      if (url.origin !== origin) return { response: current, url };
      current = await this.get(url);
    }
  }

  async #request(url: URL, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    const cookie = [...this.#cookies]
      .filter(([, { path }]) => url.pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const headers = { ...init.headers, ...(cookie === '' ? {} : { cookie }) };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const text of response.headers.getSetCookie()) this.#store(text);
    return response;
  }

  #store(text: string): void {
    const [pair = '', ...attributes] = text.split(/;\s*/);
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const path = attributes.find((attribute) => attribute.startsWith('path='))?.slice('path='.length) ?? '/';
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, { value, path });
  }
}

/** What a seeded person knows and holds; `code` is the authenticator's code `periods` from now. */
export function credentialsOf(dataDir: string, email: string) {
  const person = readPeople(dataDir)?.find((candidate) => candidate.email === email);
  const password = readPasswords(dataDir)[email];
  if (person === undefined || password === undefined) throw new Error(`${email} is not seeded`);
  const code = (periods = 0) =>
    authenticatorOf(person, String(person.totpSecret)).generate({ timestamp: Date.now() + periods * 30_000 });
  return { person, password, code };
}
