/**
 * Imports point one way: contract ← domain ← access ← aws, store ← management, wiring ← functions. The rooms of
 * the domain stand in one order too, each of which sees those before it.
 */
const ROOMS = [
  'ground',
  'audit',
  'tenants',
  'keys',
  'products',
  'approvals',
  'decision',
  'imports',
  'usage',
  'security',
  'people',
  'mail',
];

/** Rules that pages apply themselves: they ask nothing of Node, and are loaded with the page that needs them. */
const IN_BROWSERS =
  'core/domain/(decision/explanation|audit/audit-chain|products/route-table|ground/(canonical-json|event-id))\\.ts$';

const only = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: {
    path: '^(core|client|guard|functions|lib|bin|emulator|local|portal|bench|smoke|test)/',
    pathNot: to,
  },
});

module.exports = {
  forbidden: [
    only('contract-imports-nothing', '^core/contract/', '^core/contract/'),
    ...ROOMS.map((room, index) =>
      only(
        `room-${room}-sees-those-before-it`,
        `^core/domain/${room}/`,
        `^core/(contract|domain/(${ROOMS.slice(0, index + 1).join('|')}))/`,
      ),
    ),
    {
      name: 'each-file-of-the-domain-is-in-a-room',
      severity: 'error',
      from: {},
      to: { path: '^core/domain/', pathNot: `^core/domain/(${ROOMS.join('|')})/` },
    },
    only('emulator-knows-nothing-of-ours', '^emulator/', '^emulator/'),
    only('access-sees-domain', '^core/access/', '^core/(contract|domain|access)/'),
    only('store-sees-access', '^core/store/', '^core/(contract|domain|access|store|aws)/'),
    only('aws-sees-access', '^core/aws/', '^core/(contract|domain|access|aws)/'),
    only('oauth-sees-access', '^core/oauth/', '^core/(domain|access|oauth)/'),
    only('geo-sees-domain', '^core/geo/', '^core/(domain|geo)/'),
    only('management-sees-core', '^core/management/', '^core/(?!wiring/)'),
    only('wiring-sees-core', '^core/wiring/', '^core/'),
    only(
      'function-sees-core-and-itself',
      '^functions/(?!(?:registration|secret-rotation)/)([^/]+)/',
      '^(core/|guard/|functions/$1/)',
    ),
    only(
      'consumers-function-sees-client',
      '^functions/(registration|secret-rotation)/',
      '^(core/|client/|functions/$1/)',
    ),
    only('guard-sees-core', '^guard/', '^(core|guard)/'),
    only('client-sees-itself', '^client/(?!generate-types|sigv4)', '^client/'),
    {
      name: 'client-runs-in-browsers',
      severity: 'error',
      from: { path: '^client/(?!generate-types|sigv4)' },
      to: { dependencyTypes: ['core'] },
    },
    only('client-signs', '^client/sigv4', '^core/aws/signature'),
    only('lib-sees-contract', '^lib/', '^(lib|core/contract)/'),
    only(
      'cli-sees-domain',
      '^bin/(cli|command/)',
      '^(bin/|client/|core/(contract|domain)/|core/management/(schemas/|input-faults))',
    ),
    only('smoke-sees-contract', '^(smoke/|bin/smoke)', '^(smoke/|client/|core/(contract/|aws/signature))'),
    only('app-sees-lib', '^bin/keywright\\.ts', '^lib/'),
    only(
      'portal-sees-contract-client-and-pure-rules',
      '^portal/',
      `^(portal/|client/|core/contract/|${IN_BROWSERS})`,
    ),
    only(
      'doors-are-apart',
      '^portal/src/(admin|developer|shared)/',
      `^(portal/src/($1|shared)/|client/|core/contract/|${IN_BROWSERS})`,
    ),
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'no SDK, no network, no file system in the rules',
      from: { path: '^core/(contract|domain)/', pathNot: '^core/contract/event-schemas/' },
      to: {
        dependencyTypes: ['npm', 'core'],
        pathNot: ['^(node:)?crypto$', '^(node:)?zlib$', '^(node:)?net$', 'countries-list'],
      },
    },
    {
      name: 'event-schemas-need-zod-alone',
      severity: 'error',
      from: { path: '^core/contract/event-schemas/' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: ['zod'] },
    },
    {
      name: 'request-plane-without-zod',
      severity: 'error',
      comment: 'every kilobyte of an authorizer is paid for at its cold start',
      from: { path: '^functions/authorizer/' },
      to: { path: 'node_modules/zod/', reachable: true },
    },
    {
      name: 'domain-opens-no-connection',
      severity: 'error',
      comment: 'of node:net only isIP is pure',
      from: { path: '^core/(contract|domain)/', pathNot: '^core/domain/ground/ip-address\\.ts$' },
      to: { path: '^(node:)?net$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(lib|guard|bin|client)/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
