import type { Mail } from './aws/mailbox.ts';
import type { TopicMessage } from './aws/topics.ts';

/** An answer to whoever looks into the mailbox. */
export interface MailPage {
  readonly contentType: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const MAIL = '/keywright-local/mail';
/**
 * Mails are hostile until proven otherwise, and this address has the portal's cookies: no script, no request, and
 * an origin of its own.
 */
const SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups";

/**
 * What arrived by mail on this machine: `/keywright-local/mail` lists it, newest first and with `?to=` of one
 * address; `…/{id}` is one mail, `…/{id}/html` and `…/{id}/text` its body. Lists and mails are JSON, and pages for
 * who prefers HTML.
 * @param url path and query
 * @returns undefined for other paths; null for a mail that there is none of
 */
export function mailPage(
  url: string,
  accept: string | undefined,
  mails: readonly Mail[],
  messages: readonly TopicMessage[],
): MailPage | null | undefined {
  const address = URL.parse(url, 'http://localhost');
  if (address === null) return undefined;
  const { pathname, searchParams } = address;
  const isHtml = accept !== undefined && /^text\/html\b/.test(accept.trim());
  if (pathname === MAIL) {
    const to = searchParams.get('to');
    const all = [
      ...mails.filter((mail) => to === null || mail.to.includes(to)),
      ...(to === null ? messages : []),
    ];
    const items = all.sort((a, b) => (a.time < b.time ? 1 : -1));
    return isHtml
      ? html('Mail', items.map(row).join('') || '<p>Nothing has arrived yet.</p>')
      : json({ items });
  }
  const [, id, part] = /^\/keywright-local\/mail\/([0-9a-f-]{36})(?:\/(html|text))?$/.exec(pathname) ?? [];
  if (id === undefined) return undefined;
  const mail = mails.find((each) => each.id === id);
  if (mail === undefined) return null;
  if (part === 'html') return page('text/html; charset=utf-8', mail.html);
  if (part === 'text') return page('text/plain; charset=utf-8', mail.text);
  return isHtml ? html(mail.subject, whole(mail)) : json(mail);
}

function row(item: Mail | TopicMessage): string {
  if (!('id' in item)) {
    return `<article><b>${escaped(item.subject)}</b> <small>${escaped(item.topic)}, ${item.time}</small><pre>${escaped(item.message)}</pre></article>`;
  }
  const { id, subject, to, time } = item;
  return `<article><a href="${MAIL}/${id}">${escaped(subject)}</a> <small>to ${escaped(to.join(', '))}, ${time}</small></article>`;
}

function whole({ id, from, to, time, subject, headers, text }: Mail): string {
  const lines = { From: from, To: to.join(', '), Date: time, Subject: subject, ...headers };
  const head = Object.entries(lines).map(([name, value]) => `<b>${escaped(name)}:</b> ${escaped(value)}<br>`);
  return `<p>${head.join('')}</p><p><a href="${MAIL}/${id}/html">As HTML</a> <a href="${MAIL}">All mail</a></p><pre>${escaped(text)}</pre>`;
}

function html(title: string, body: string): MailPage {
  const style =
    ':root{color-scheme:light dark;font:15px/1.5 system-ui}body{max-width:50em;margin:2em auto;padding:0 1em}pre{white-space:pre-wrap;overflow-wrap:anywhere}article{padding:.5em 0;border-top:1px solid #8886}';
  return page(
    'text/html; charset=utf-8',
    `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${style}</style><h1>${escaped(title)}</h1>${body}</html>`,
  );
}

function json(value: object): MailPage {
  return page('application/json', `${JSON.stringify(value, null, 2)}\n`);
}

function page(contentType: string, body: string): MailPage {
  const headers = {
    'content-security-policy': SEALED,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  return { contentType, body, headers };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
