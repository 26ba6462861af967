import { createHash } from 'node:crypto';

const STYLE = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { display: grid; min-height: 100vh; margin: 0; place-items: center; }
  main { box-sizing: border-box; width: min(24rem, 100%); padding: 1.5rem; }
  h1 { font-size: 1.4rem; }
  label { display: block; margin-top: 1rem; font-weight: 600; }
  input, button { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; }
  input { border: 1px solid GrayText; border-radius: .25rem; }
  button { margin-top: 1.25rem; }
  [role=alert] { border-left: .25rem solid #c62828; padding-left: .75rem; }
`;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/**
 * Headers of every page. No `form-action`: browsers apply it to the redirects that follow a form, which
 * lead to the application that asked for the sign-in. The referrer is kept within identity so that
 * browsers still tell the origin of a form.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Keywright</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</body>
</html>
`;
}

const alert = (problem: string | undefined) =>
  problem === undefined ? '' : `<p role="alert" id="problem">${escapeHtml(problem)}</p>`;

const described = (problem: string | undefined) =>
  problem === undefined ? '' : ' aria-invalid="true" aria-describedby="problem"';

const CANCEL = '<button name="step" value="cancel" formnovalidate>Cancel</button>';

/** Asks for e-mail and password. `problem` says what was wrong with the last attempt. */
export function passwordPage(o: { email: string; problem?: string }): string {
  const autofocus = (field: 'email' | 'password') =>
    (field === 'email') === (o.email === '') ? ' autofocus' : '';
  return page(
    'Sign in',
    `${alert(o.problem)}
<form method="post">
<label for="email">E-mail</label>
<input id="email" name="email" type="email" autocomplete="username" required value="${escapeHtml(o.email)}"${described(o.problem)}${autofocus('email')}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${described(o.problem)}${autofocus('password')}>
<button name="step" value="password">Continue</button>
${CANCEL}
</form>`,
  );
}

/**
 * Asks for the code that the person's authenticator app shows. `settingUp` is what a new app is given, by hand or as
 * an `otpauth:` address.
 */
export function codePage(o: { problem?: string; settingUp?: { secret: string; address: string } }): string {
  const setUp =
    o.settingUp === undefined
      ? ''
      : `<p>Set up an authenticator app with this key, then enter the code that it shows. You will be asked for one at
each sign-in from the next on; changing anything needs such a sign-in.</p>
<p><code id="secret">${escapeHtml(o.settingUp.secret)}</code></p>
<p><a href="${escapeHtml(o.settingUp.address)}">Open it in an app on this device</a></p>`;
  return page(
    o.settingUp === undefined ? 'Enter your code' : 'Set up your one-time codes',
    `${alert(o.problem)}
${setUp}
<form method="post">
<label for="code">Six-digit code from your authenticator app</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,8}" required autofocus${described(o.problem)}>
<button name="step" value="code">Sign in</button>
${CANCEL}
</form>`,
  );
}

/** Asks whether an application may act for the person. @param o.where it runs */
export function consentPage(o: { client: string; where: string; email: string }): string {
  return page(
    `Let ${o.client} act for you?`,
    `<p>${escapeHtml(o.client)}, running ${escapeHtml(o.where)}, will be able to do what you (${escapeHtml(o.email)}) may do.</p>
<form method="post">
<button name="step" value="consent" autofocus>Allow</button>
${CANCEL}
</form>`,
  );
}

/** Asks for the code that a program on another machine shows; `form` is the provider's own, `op.deviceInputForm`. */
export function deviceCodePage(form: string, problem: string | undefined): string {
  return page(
    'Sign in on another machine',
    `${alert(problem)}
<p>Enter the code that the keywright command shows there.</p>
${form}
<button form="op.deviceInputForm" type="submit">Continue</button>`,
  );
}

/** Asks whether that code is the one that is shown there; `form` is the provider's own, `op.deviceConfirmForm`. */
export function deviceConfirmPage(form: string, code: string): string {
  return page(
    'Is this the code that you see there?',
    `<p><code>${escapeHtml(code)}</code></p>
<p>Whoever started this on that machine will be able to do what you may do. Cancel if it was not you.</p>
${form}
<button form="op.deviceConfirmForm" type="submit" autofocus>Yes, continue</button>
<button form="op.deviceConfirmForm" type="submit" name="abort" value="yes">Cancel</button>`,
  );
}

export function deviceDonePage(): string {
  return page('You are signed in there', '<p>You can close this page and go back to the other machine.</p>');
}

/** Says what went wrong where there is nothing to be filled in. */
export function errorPage(problem: string): string {
  return page('This did not work', alert(problem));
}

/** Asks whether to sign out; `form` is the provider's own, with the id `op.logoutForm`. */
export function signOutPage(form: string): string {
  return page(
    'Sign out of Keywright?',
    `${form}
<button form="op.logoutForm" type="submit" name="logout" value="yes" autofocus>Sign out</button>
<button form="op.logoutForm" type="submit">Stay signed in</button>`,
  );
}

export function signedOutPage(): string {
  return page('You are signed out', '<p>You can close this page.</p>');
}
