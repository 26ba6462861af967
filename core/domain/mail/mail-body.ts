import { PORTAL_PATH } from '../../contract/mail.ts';
import type { Letter } from './letter.ts';

/** Whose mails they are. */
export interface Sender {
  /** What the mails are signed with. */
  readonly name: string;
  /** Of the portal, without a slash at its end. */
  readonly portalUrl: string;
}

/** A mail as it is handed over. */
export interface MailBody {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Header lines beside those of every mail. */
  readonly headers: Readonly<Record<string, string>>;
}

/** RFC 5322, 2.1.1 wants lines of at most 998; a subject is read to about here. */
const LONGEST_SUBJECT = 150;

/**
 * A letter as plain text and as HTML that says the same. Nothing is loaded from anywhere, so nobody learns that it was
 * opened; dark where the reader's program is.
 */
export function mailBody(letter: Letter, { name, portalUrl }: Sender): MailBody {
  const { subject, paragraphs, facts, action, isNotification } = letter;
  const link = `${portalUrl}${action.path}`;
  const settings = `${portalUrl}${PORTAL_PATH.notifications}`;
  const why = isNotification
    ? `You get this because you act for a tenant at ${name}. What you are told by mail is yours to choose:`
    : undefined;
  const text = [
    ...paragraphs,
    facts.map(([label, value]) => `${label}: ${value}`).join('\n'),
    `${action.label}:\n${link}`,
    why === undefined ? `${name}` : `${why}\n${settings}`,
  ];
  return {
    subject: shortened(subject),
    text: `${text.filter((part) => part !== '').join('\n\n')}\n`,
    html: page(letter, { name, link, why, settings }),
    // RFC 2369, 3.2: where it is turned off.
    headers: {
      'Auto-Submitted': 'auto-generated',
      ...(isNotification && { 'List-Unsubscribe': `<${settings}>` }),
    },
  };
}

function shortened(subject: string): string {
  const characters = [...subject];
  return characters.length > LONGEST_SUBJECT
    ? `${characters.slice(0, LONGEST_SUBJECT - 1).join('')}…`
    : subject;
}

/** Programs that read mail take styles from a block in the head, and the two colour schemes by its media query. */
const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
body{margin:0;padding:24px 16px;background:#f4f5f7;color:#16191f;font:16px/1.5 -apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{max-width:560px;margin:0 auto;padding:24px;background:#fff;border:1px solid #d5dbdb;border-radius:8px}
h1{margin:0 0 16px;font-size:20px;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 16px}
dl{margin:0 0 24px;padding:0}
dt{color:#545b64;font-size:14px}
dd{margin:0 0 8px;overflow-wrap:anywhere}
a{color:#0972d3}
a.do{display:inline-block;padding:10px 20px;border-radius:20px;background:#0972d3;color:#fff;font-weight:700;text-decoration:none}
.link{font-size:14px;overflow-wrap:anywhere}
footer{max-width:560px;margin:16px auto 0;padding:0 24px;color:#545b64;font-size:14px}
@media (max-width:600px){body{padding:0}main{border-width:0 0 1px;border-radius:0;padding:20px 16px}footer{padding:0 16px 24px}}
@media (prefers-color-scheme:dark){body{background:#0f1b2a;color:#e9ebed}main{background:#192534;border-color:#414d5c}dt,footer{color:#a5adb8}a{color:#539fe5}a.do{background:#539fe5;color:#000716}}
`;

function page(
  { subject, paragraphs, facts, action }: Letter,
  { name, link, why, settings }: { name: string; link: string; why: string | undefined; settings: string },
): string {
  const rows = facts.map(([label, value]) => `<dt>${escaped(label)}</dt><dd>${escaped(value)}</dd>`).join('');
  const list = rows === '' ? '' : `<dl>${rows}</dl>`;
  const footer =
    why === undefined ? escaped(name) : `${escaped(why)} <a href="${escaped(settings)}">settings</a>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(subject)}</h1>
${paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`).join('\n')}
${list}
<p><a class="do" href="${escaped(link)}">${escaped(action.label)}</a></p>
<p class="link">${escaped(link)}</p>
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
