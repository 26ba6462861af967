import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Headers of everything that is answered here: nothing of it is kept, framed or taken for another type. */
export const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
} as const;

/** A page that says why a sign-in did not end. @param text plain, one of ours */
export function problemPage(
  status: number,
  text: string,
  cookies: readonly string[] = [],
): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: status,
    headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
    cookies: [...cookies],
    body: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sign-in</title></head>
<body>
<main>
<h1>You are not signed in</h1>
<p>${text}</p>
<p><a href="/auth/login">Sign in</a> · <a href="/">To the first page</a></p>
</main>
</body>
</html>
`,
  };
}

/** @param location a path of the portal, or a URL of the issuer's */
export function redirect(
  location: string,
  cookies: readonly string[] = [],
): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 303, headers: { ...HEADERS, location }, cookies: [...cookies] };
}

export function json(body: object, cookies: readonly string[] = []): APIGatewayProxyStructuredResultV2 {
  return {
    statusCode: 200,
    headers: { ...HEADERS, 'content-type': 'application/json' },
    cookies: [...cookies],
    body: JSON.stringify(body),
  };
}
