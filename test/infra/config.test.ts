import { describe, expect, test } from '@jest/globals';
import { REVOCATION_SECONDS } from '../../core/contract/deployment.ts';
import { checkCacheLifetimes, configFromContext, parseConfig } from '../../lib/config.ts';
import { ConfigError } from '../../lib/config-field.ts';

const messageOf = (settings: unknown): string => {
  try {
    parseConfig(settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
};

const key = (region: string) => `arn:aws:kms:${region}:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`;

const strong = (main: string, ...others: string[]) => [
  main,
  ...others.map((region) => ({ region, keyArn: key(region) })),
];

const certificate = 'arn:aws:acm:eu-central-1:111122223333:certificate/0a1b2c3d';

const MOVED = {
  keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f',
  streamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/keywright/stream/2026-11-29T12:00:00.000',
  pepperArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:keywright/pepper-AbCdEf',
};

describe('a configuration', () => {
  test('with strong consistency takes three Regions of one set, or two and a witness, and no old record', () => {
    const three = { consistency: 'strong', regions: strong('eu-central-1', 'eu-west-1', 'eu-west-3') };
    const two = { consistency: 'strong', regions: strong('us-west-2', 'us-east-1'), witness: 'us-east-2' };
    for (const settings of [three, two, { ...two, staleSeconds: 0 }])
      expect(parseConfig(settings)).toMatchObject({ consistency: 'strong', staleSeconds: 0 });
    expect(parseConfig({ regions: three.regions })).toMatchObject({
      consistency: 'eventual',
      staleSeconds: 60,
    });
  });

  test('needs no field at all', () => {
    expect(parseConfig({})).toEqual({
      vendor: '',
      usagePlans: { sandbox: [], live: [] },
      demo: false,
      identity: { kind: 'cognito', callbackUrls: ['http://localhost:4100/auth/callback'] },
      domain: null,
      webAcl: true,
      allowedOrigins: [],
      recentSignInSeconds: 900,
      portal: {
        developerDomain: null,
        adminDomain: null,
        certificateArn: null,
        webAclArn: null,
        brand: { name: 'Keywright', logoUrl: null, supportUrl: null },
        signUp: { mode: 'off', domains: {} },
        apiOrigins: [],
      },
      alarmEmails: [],
      mail: null,
      cacheSeconds: 3,
      staleSeconds: 60,
      cacheEntries: 10_000,
      defaultRateLimits: { sandbox: [{ limit: 6000, windowSeconds: 60 }], live: [] },
      acceptImportedKeys: false,
      logRetentionDays: 90,
      auditArchiveDays: 365,
      auditRetentionDays: 0,
      auditArchive: null,
      usageHourDays: 35,
      usageDayDays: 400,
      usageFiles: null,
      pepperRotationDays: 365,
      gradualDeployments: false,
      reservedConcurrency: { publisher: null, usage: null, verify: null, brake: null },
      demoLogRole: true,
      region: null,
      regions: null,
      moved: null,
      consistency: 'eventual',
      witness: null,
      sealingKey: null,
      limits: { across: 'regions' },
      deletionProtection: true,
    });
  });

  test.each([
    [{ vendor: 'Acme' }, 'keywright.vendor is "Acme"; expected empty, or 2 to 20 of a-z and 0-9.'],
    [{ vendor: 'a' }, 'keywright.vendor is "a"; expected empty, or 2 to 20 of a-z and 0-9.'],
    [{ vendor: 'acme\n' }, 'keywright.vendor is "acme\\n"; expected empty, or 2 to 20 of a-z and 0-9.'],
    [{ vendor: 5 }, 'keywright.vendor is 5; expected empty, or 2 to 20 of a-z and 0-9.'],
    [
      { defaultRateLimits: { live: [{ limit: 0, windowSeconds: 60 }] } },
      'keywright.defaultRateLimits.live[0].limit is 0; expected a whole number from 1 to 1000000000.',
    ],
    [{ demo: 'yes' }, 'keywright.demo is "yes"; expected true or false.'],
    [{ identity: { kind: 'saml' } }, 'keywright.identity.kind is "saml"; expected one of cognito, oidc.'],
    [
      { identity: { kind: 'oidc', issuer: 'http://id.example.com', audience: 'a' } },
      'keywright.identity.issuer is "http://id.example.com"; expected an https URL (http only for localhost).',
    ],
    [
      { identity: { kind: 'oidc', issuer: 'https://id.example.com' } },
      'keywright.identity.audience is not set; expected the audience of the access tokens.',
    ],
    [
      { identity: { kind: 'cognito', issuer: 'https://id.example.com' } },
      'keywright.identity.issuer is not a field; expected one of kind, callbackUrls.',
    ],
    [
      { identity: { kind: 'cognito', callbackUrls: ['https://keys.example.com/callback'] } },
      'keywright.identity.callbackUrls[0] is "https://keys.example.com/callback"; expected the portal\'s origin and /auth/callback, such as https://keys.example.com/auth/callback.',
    ],
    [{ alarmEmails: ['nobody'] }, 'keywright.alarmEmails[0] is "nobody"; expected an e-mail address.'],
    [{ alarmEmails: 'a@b.example' }, 'keywright.alarmEmails is "a@b.example"; expected a list.'],
    [
      { allowedOrigins: ['https://portal.example.com/'] },
      'keywright.allowedOrigins[0] is "https://portal.example.com/"; expected an origin such as https://portal.example.com, without a path.',
    ],
    [{ allowedOrigins: ['*'] }, /allowedOrigins\[0\] is "\*"; expected an origin/],
    [
      { domain: { name: 'keys.example.com' } },
      'keywright.domain.certificateArn is not set; expected the ARN of a certificate.',
    ],
    [
      { domain: { name: 'https://keys.example.com', certificateArn: certificate } },
      'keywright.domain.name is "https://keys.example.com"; expected a host name such as keys.example.com.',
    ],
    [
      { region: 'eu-west-1', domain: { name: 'keys.example.com', certificateArn: certificate } },
      `keywright.domain.certificateArn is "${certificate}"; expected a certificate in eu-west-1, where the API is.`,
    ],
    [
      { webAcl: 'none' },
      'keywright.webAcl is "none"; expected true, false, or the ARN of a regional web ACL.',
    ],
    [{ acceptImportedKeys: 1 }, 'keywright.acceptImportedKeys is 1; expected true or false.'],
    [{ cacheSeconds: 5 }, 'keywright.cacheSeconds is 5; expected a whole number from 0 to 4.'],
    [{ cacheSeconds: 1.5 }, 'keywright.cacheSeconds is 1.5; expected a whole number from 0 to 4.'],
    [{ staleSeconds: 3601 }, 'keywright.staleSeconds is 3601; expected a whole number from 0 to 3600.'],
    [{ cacheEntries: 0 }, 'keywright.cacheEntries is 0; expected a whole number from 100 to 1000000.'],
    [{ logRetentionDays: 42 }, /^keywright\.logRetentionDays is 42; expected one of 1, 3, 5, /],
    [{ auditArchiveDays: -1 }, /^keywright\.auditArchiveDays is -1; expected a whole number from 0 /],
    [
      { usageFiles: { freshnessMinutes: 16 } },
      'keywright.usageFiles.freshnessMinutes is 16; expected a whole number from 1 to 15.',
    ],
    [{ pepperRotationDays: 0 }, /^keywright\.pepperRotationDays is 0; expected a whole number from 1 /],
    [
      { moved: MOVED },
      'keywright.regions is not set; expected the Region that the control plane was moved to.',
    ],
    [
      { moved: MOVED, regions: ['eu-central-1'] },
      `keywright.moved.keyArn is "${MOVED.keyArn}"; expected one in eu-central-1, the first of regions.`,
    ],
    [
      {
        moved: { ...MOVED, streamArn: MOVED.streamArn.replace('table/keywright/', 'table/other/') },
        regions: ['eu-west-1'],
      },
      /^keywright\.moved\.streamArn is .*; expected the ARN of the stream of the table keywright\.$/,
    ],
    [
      { moved: { ...MOVED, pepperArn: MOVED.pepperArn.replace('-AbCdEf', '') }, regions: ['eu-west-1'] },
      /^keywright\.moved\.pepperArn is .*; expected the ARN of the secret keywright\/pepper\.$/,
    ],
    [{ region: 'Frankfurt' }, 'keywright.region is "Frankfurt"; expected a Region such as eu-central-1.'],
    [
      { region: 'eu-central-1', replicas: [{ region: 'eu-west-1', keyArn: 'k' }] },
      'keywright.replicas is [{"region":"eu-west-1","keyArn":"k"}]; expected regions in its place, the main Region first: "regions": ["eu-central-1",{"region":"eu-west-1","keyArn":"k"}].',
    ],
    [{ regions: [] }, 'keywright.regions[0] is not set; expected a Region such as eu-central-1.'],
    [
      { region: 'eu-west-1', regions: ['eu-central-1'] },
      'keywright.region is "eu-west-1"; expected "eu-central-1", the first of regions, or nothing.',
    ],
    [
      { regions: ['eu-west-1', { region: 'eu-west-1', keyArn: key('eu-west-1') }] },
      'keywright.regions[1].region is "eu-west-1"; expected a Region that is not named yet.',
    ],
    [
      { regions: ['eu-central-1', { region: 'eu-west-1', keyArn: key('eu-central-1') }] },
      `keywright.regions[1].keyArn is "${key('eu-central-1')}"; expected a key in eu-west-1.`,
    ],
    [
      { regions: ['eu-central-1', { region: 'eu-west-1' }] },
      'keywright.regions[1].keyArn is not set; expected the ARN of a KMS key.',
    ],
    [
      { regions: ['eu-central-1', 'eu-west-1'] },
      'keywright.regions[1] is "eu-west-1"; expected an object with region, keyArn, sealed.',
    ],
    [{ consistency: 'causal' }, 'keywright.consistency is "causal"; expected one of eventual, strong.'],
    [
      { consistency: 'strong' },
      'keywright.consistency is "strong" with no regions; expected three Regions in regions, or two and another as witness.',
    ],
    [
      { consistency: 'strong', regions: strong('eu-central-1', 'eu-west-1') },
      'keywright.consistency is "strong" with the regions eu-central-1, eu-west-1; expected three Regions in regions, or two and another as witness.',
    ],
    [
      { consistency: 'strong', regions: strong('eu-central-1'), witness: 'eu-west-2' },
      /^keywright\.consistency is "strong" with the regions eu-central-1 and the witness eu-west-2; expected three/,
    ],
    [
      {
        consistency: 'strong',
        regions: strong('eu-central-1', 'eu-west-1', 'eu-west-2'),
        witness: 'eu-west-3',
      },
      /^keywright\.consistency is "strong" with the regions .* and the witness eu-west-3; expected three/,
    ],
    [
      { consistency: 'strong', regions: strong('eu-central-1', 'eu-west-1'), witness: 'eu-west-1' },
      'keywright.witness is "eu-west-1"; expected a Region that is none of regions.',
    ],
    [
      { consistency: 'strong', regions: strong('eu-central-1', 'eu-west-1', 'us-east-1') },
      /^keywright\.consistency is "strong" with us-east-1; expected Regions of one set: us-east-1, us-east-2, us-west-2; eu-west-1, /,
    ],
    [
      { consistency: 'strong', regions: strong('eu-north-1', 'eu-west-1'), witness: 'eu-west-2' },
      /^keywright\.consistency is "strong" with eu-north-1; expected Regions of one set/,
    ],
    [
      { consistency: 'strong', regions: strong('eu-central-1', 'eu-west-1'), witness: 'ap-northeast-1' },
      /^keywright\.consistency is "strong" with ap-northeast-1; expected Regions of one set/,
    ],
    [
      { consistency: 'strong', regions: strong('eu-central-1', 'eu-west-1', 'eu-west-2'), staleSeconds: 60 },
      'keywright.staleSeconds is 60; expected 0 where consistency is "strong": a Region that is cut off would go on by what others have changed.',
    ],
    [
      { regions: strong('eu-central-1', 'eu-west-1'), witness: 'eu-west-2' },
      'keywright.witness is "eu-west-2"; expected nothing, unless consistency is "strong".',
    ],
    [
      { portal: { signUp: 'anyone' } },
      'keywright.portal.signUp is "anyone"; expected one of off, request, open.',
    ],
    [
      { portal: { signUp: { mode: 'open', perDay: 0 } } },
      'keywright.portal.signUp.perDay is 0; expected a whole number from 1 to 2000.',
    ],
    [
      { portal: { signUp: { mode: 'open', domains: { 'acme.example': 'tenant_acme' } } } },
      'keywright.portal.signUp.mode is "open"; expected one of domains.',
    ],
    [
      { portal: { signUp: { mode: 'domains' } } },
      /^keywright\.portal\.signUp\.domains is not set; expected tenant ids by domain/,
    ],
    [
      { sealingKey: '1234abcd-12ab-34cd-56ef-1234567890ab' },
      'keywright.sealingKey is "1234abcd-12ab-34cd-56ef-1234567890ab"; expected the id of a multi-Region key.',
    ],
    [{ limits: { across: 'world' } }, 'keywright.limits.across is "world"; expected one of regions, region.'],
    [{ deletionProtection: 'no' }, 'keywright.deletionProtection is "no"; expected true or false.'],
    [{ colour: 'red' }, /^keywright\.colour is not a field; expected one of vendor, demo, /],
    [[], /^keywright is \[\]; expected an object with vendor, demo, /],
  ])('%j is refused with a sentence', (settings, expected) => {
    expect(messageOf(settings)).toMatch(typeof expected === 'string' ? exactly(expected) : expected);
  });

  test.each([
    ['request', { mode: 'request', domains: {} }],
    ['open', { mode: 'open', domains: {}, perDay: 100 }],
    [
      { mode: 'open', perDay: 7 },
      { mode: 'open', domains: {}, perDay: 7 },
    ],
    [
      { mode: 'domains', domains: { 'acme.example': 'tenant_acme' } },
      { mode: 'domains', domains: { 'acme.example': 'tenant_acme' } },
    ],
  ])('people sign up by %j, also once that was read', (signUp, expected) => {
    const { portal } = parseConfig({ portal: { signUp } });
    expect(portal.signUp).toEqual(expected);
    expect(parseConfig({ portal }).portal.signUp).toEqual(expected);
  });

  test('single fields can be given on the command line', () => {
    const config = configFromContext({
      'aws:cdk:something': 'else',
      keywright: { vendor: 'acme', identity: { kind: 'cognito' } },
      'keywright.demo': 'true',
      'keywright.cacheSeconds': '2',
      'keywright.alarmEmails': '["a@b.example"]',
      'keywright.identity.callbackUrls': '["https://portal.example.com/auth/callback"]',
    });
    expect(config).toMatchObject({
      vendor: 'acme',
      demo: true,
      cacheSeconds: 2,
      alarmEmails: ['a@b.example'],
      identity: { kind: 'cognito', callbackUrls: ['https://portal.example.com/auth/callback'] },
    });
  });
});

test('the two caches together leave a second of the promise for the read that fills them', () => {
  for (let cache = 0; cache < REVOCATION_SECONDS; cache++) {
    for (let gateway = 0; gateway <= REVOCATION_SECONDS; gateway++) {
      const check = () => checkCacheLifetimes(cache, gateway);
      if (cache + gateway + 1 <= REVOCATION_SECONDS) expect(check).not.toThrow();
      else
        expect(check).toThrow(/expected at most 4, because a revocation holds everywhere within 5 seconds/);
    }
  }
});

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}
