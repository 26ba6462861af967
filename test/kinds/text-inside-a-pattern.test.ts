import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { logRefusal, logWarning } from '../../core/access/refusal-log.ts';
import {
  AZURE_MESSAGES,
  AZURE_WWW_AUTHENTICATE,
  REFUSALS,
  refusalMessage,
} from '../../core/contract/refusals.ts';
import { accessPolicy, policyAllows } from '../../core/domain/decision/access-policy.ts';
import type { Caller } from '../../core/domain/decision/decision.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { type ApiRoute, routeProblem } from '../../core/domain/products/protected-api.ts';
import { RouteTable } from '../../core/domain/products/route-table.ts';
import { Permissions } from '../../core/domain/tenants/permission.ts';
import { emptyCount } from '../../core/domain/usage/usage-tally.ts';
import { apiSchemas } from '../../core/management/schemas/api-schemas.ts';
import { countUpdate } from '../../core/store/usage-count.ts';
import { substituteVariables } from '../../emulator/api-gateway/context-variables.ts';
import { ACCESS_LOG, fileLineOf } from '../../lib/constructs/access-log.ts';

/** What somebody wrote must never be read as part of the language that it is written into. */
const STAGE = 'arn:aws:execute-api:eu-central-1:000000000000:a1b2c3/live';
const SPECIAL = [
  ...'*?$^.|+()[]{}\\/"\'`<>&%;#@!~,=:- _',
  '${',
  '$\u007b*}',
  '.*',
  '..',
  '\n',
  '\u0000',
  'a',
  'b',
  '7',
];

function callerWith(permissions: readonly string[]): Caller {
  const parts = { keyType: 'secret', permissions, granted: new Permissions(permissions) } as const;
  return parts as unknown as Caller;
}

const text = fc
  .array(fc.constantFrom(...SPECIAL), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join(''));
const get = (path: string, permission?: string): ApiRoute => ({
  method: 'GET',
  path,
  public: false,
  ...(permission !== undefined && { permission }),
});

describe('IAM policies', () => {
  test('a route’s literal stands for itself alone, in policies and in matching, or is refused', () => {
    fc.assert(
      fc.property(text, text, (literal, other) => {
        const route = get(`/v1/${literal}`, 'x:read');
        if (routeProblem(route) !== undefined || literal.startsWith('{')) return;
        expect(literal).not.toMatch(/[*?]|\$\{/);
        const atHand = { stageArn: STAGE, method: 'GET', path: route.path };
        const policy = accessPolicy(callerWith(['x:read']), [route], atHand, true);
        expect(policyAllows(policy, `${STAGE}/GET${route.path}`)).toBe(true);
        if (other === literal || /^x?$/.test(other)) return;
        expect(policyAllows(policy, `${STAGE}/GET/v1/${other}`)).toBe(false);
        // Some backends pass over case, a final slash and an extension.
        const plain = other.toLowerCase().replace(/\/$/, '');
        if ([plain, plain.replace(/\.[^./]*$/, '')].includes(literal.toLowerCase())) return;
        const [need] = new RouteTable([route]).requirement('GET', `/v1/${other}`).needs;
        expect(need?.resource).not.toBe('x');
      }),
      { numRuns: 3000 },
    );
  });

  test('what a caller writes into a path is no pattern, whatever it may call', () => {
    const routes = [get('/v1/{a}', 'x:read'), get('/v1/secret', 'secrets:read')];
    fc.assert(
      fc.property(text, (written) => {
        const atHand = { stageArn: STAGE, method: 'GET', path: `/v1/${written}` };
        for (const allowed of [true, false]) {
          const policy = accessPolicy(callerWith(['x:read']), routes, atHand, allowed);
          for (const path of ['/v1/secret', '/v1/ab/secret', '/v2/x', '/', '/v1/7/7']) {
            expect(policyAllows(policy, `${STAGE}/GET${path}`)).toBe(false);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('nor is what was stored before it was refused: literals and permissions', () => {
    const stored = [get('/v1/a*', 'x:read'), get('/v1/b?', 'x:read')];
    const atHand = { stageArn: STAGE, method: 'GET', path: '/v1/x/7' };
    const policy = accessPolicy(callerWith(['x:read', 'o*:read', '?:write']), stored, atHand, true);
    for (const path of ['/v1/admin', '/v1/bc', '/v1/orders', '/v1/y']) {
      expect(policyAllows(policy, `${STAGE}/GET${path}`)).toBe(false);
    }
  });

  test.each(['*', '?', ';', '%41', 'a.', '..', '{a', '$\u007ba}', ' ', '\u00e9', '\\'])(
    'an API with the literal %j is refused with a sentence',
    (literal) => {
      const route = { method: 'GET', path: `/v1/${literal}` };
      const api = { name: 'orders', environment: 'live', scheme: 'tenant', routes: [route] };
      const { error } = apiSchemas.createApi.body.safeParse(api);
      expect(error?.issues).toHaveLength(1);
      expect(error?.issues[0]).toMatchObject({ path: ['routes', 0, 'path'] });
      expect(error?.issues[0]?.message).toContain('a path is made of literal segments');
    },
  );
});

describe('answers of API Gateway', () => {
  test('no message or challenge can end the text or the header that it is put into', () => {
    const causes = ['pending', 'suspended', 'cancelled', 'rejected'].map((state) => `subscription_${state}`);
    const codes = Object.keys(REFUSALS) as (keyof typeof REFUSALS)[];
    const messages = [
      ...codes.flatMap((code) => [
        code,
        REFUSALS[code].type,
        ...[undefined, ...causes].map((cause) => refusalMessage(code, cause)),
      ]),
      ...Object.values(AZURE_MESSAGES),
    ];
    for (const message of messages) expect(message).toMatch(/^[ !#%-[\]-~]+$/);
    for (const header of Object.values(AZURE_WWW_AUTHENTICATE)) expect(header).not.toMatch(/['\n\\]/);
  });
});

describe('lines of logs', () => {
  /** What API Gateway knows, none of it a text that a caller chooses. */
  const KNOWN =
    /^context\.(?:requestId|extendedRequestId|requestTime|requestTimeEpoch|responseLatency|responseLength|status|protocol|httpMethod|resourcePath|routeKey|identity\.(?:sourceIp|userArn)|authorizer\.\w+(?:\.sub)?)$/;
  const variablesOf = (format: string) => [...format.matchAll(/\$([\w.]+)/g)].map(([, name = '']) => name);

  test.each(Object.entries({ ...ACCESS_LOG, files: fileLineOf('api_0123456789ab') }))(
    'the access log %s holds nothing that a caller writes',
    (_, format) => {
      for (const variable of variablesOf(format)) expect(variable).toMatch(KNOWN);
      expect(format).not.toMatch(/path"|header|userAgent|querystring/);
    },
  );

  test('an issuer’s name for a client, should it break out of its quotes, names no other caller', () => {
    const hostile = 'c","keyId":"key_Victim000000","tenantId":"tenant_victim","x":"';
    for (const format of [ACCESS_LOG.rest, ACCESS_LOG.http]) {
      const line = substituteVariables(format, (name) => (name.endsWith('oauthClientId') ? hostile : 'own'));
      expect(JSON.parse(line)).toMatchObject({ keyId: 'own', tenantId: 'own', route: 'own', status: 'own' });
    }
  });

  test('nobody but API Gateway and Keywright has a text in a line of a file, where an end of line would be one', () => {
    const line = fileLineOf('api_0123456789ab');
    expect(line).not.toContain('oauthClientId');
    expect(line.endsWith('"apiId":"api_0123456789ab"}\n')).toBe(true);
  });

  test('a refusal is one line, and its metric the same, whatever addresses and ids hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), text, (sourceIp, requestId, keyId) => {
        const lines: string[] = [];
        const refusal = { code: 'authentication_failed', cause: 'no_key', keyId } as const;
        logRefusal((line) => lines.push(line), refusal, { sourceIp, requestId }, 0);
        logWarning(
          (line) => lines.push(line),
          'said',
          new Error(`${sourceIp}\n{"message":"request refused"}`),
        );
        expect(lines.join('')).not.toMatch(/[\n\r]/);
        const [first, second] = lines.map((line) => JSON.parse(line));
        expect(first._aws.CloudWatchMetrics).toEqual([
          { Namespace: 'Keywright', Dimensions: [['cause']], Metrics: [{ Name: 'Refused', Unit: 'Count' }] },
        ]);
        expect([first.message, first.cause, first.Refused]).toEqual(['request refused', 'no_key', 1]);
        expect(second.message).toBe('said');
      }),
    );
  });
});

test('expressions of DynamoDB hold placeholders alone; names are values of theirs', () => {
  fc.assert(
    fc.property(text, text, (route, status) => {
      const count = { ...emptyCount(), requests: 1, routes: { [route]: 1 }, statuses: { [status]: 1 } };
      const update = countUpdate({ count } as never, 0, {});
      expect(update.UpdateExpression).toMatch(/^SET #ttl = :ttl ADD #\w+ :\w+(?:,#\w+ :\w+)*$/);
      expect(update.ConditionExpression ?? '').toMatch(/^[\w#:() <]*$/);
      expect(Object.values(update.ExpressionAttributeNames ?? {})).toContain(`r#${route}`);
    }),
  );
});

test('an operator’s prefix is no part of a regular expression but letters and digits', () => {
  for (const vendor of ['a.', 'a|b', '(a', 'a*', 'a\\d', 'A1']) {
    expect(() => new KeyFormat(vendor)).toThrow('vendor must be empty or 2 to 20');
  }
});

test('patterns are put together of more than constants in these places alone, each of which is tried above', () => {
  const files = ['core', 'functions', 'guard', 'lib'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const made = files.filter((file) =>
    /RegExp\([a-z]|(?:RegExp\(|(?:Expression|ilterPattern|nameQuery): ?)`[^`]*\$\{(?![A-Z_]+\})/.test(
      readFileSync(file, 'utf8'),
    ),
  );
  expect(made.sort()).toEqual([
    'core/domain/decision/access-policy.ts',
    'core/domain/keys/key-search.ts',
    'core/domain/products/route-table.ts',
    // Its names are `#r0`, `#r1` and so on.
    'core/store/addressee-store.ts',
    // Likewise, `#0`, `#1`.
    'core/store/item.ts',
    // Of conditions that stand beside it.
    'core/store/kept-keys.ts',
    // Likewise; of names that functions give to secrets.
    'core/store/last-use-store.ts',
    // Likewise, by the number of each limit.
    'core/store/limit-store.ts',
    // Likewise, by the number of each field.
    'core/store/mail-store.ts',
    // Of two names and two signs that stand beside it.
    'core/store/receipt-store.ts',
    // Likewise, by the number of each window.
    'core/store/regional-move.ts',
    // Of conditions that stand beside it.
    'core/store/session-store.ts',
    // Likewise, by the number of each counter.
    'core/store/summary-store.ts',
    // Of the attribute's own name.
    'core/store/turn.ts',
    'core/store/usage-count.ts',
    // Of the prefix of an id, which our own code gives.
    'lib/constructs/required.ts',
    // Of messages that our own code writes.
    'lib/constructs/usage-subscription.ts',
    // Of a service's and a resource's name that stand beside it.
    'lib/portal-config.ts',
  ]);
});
