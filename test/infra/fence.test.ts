import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { IamPolicies } from '../../emulator/iam/policies.ts';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import type { AskAws } from '../../lib/ask-aws.ts';
import { type Fenced, fence, fencePolicy, isFenced, unfenceable } from '../../lib/fence.ts';
import type * as synthesisModule from './synthesis.ts';
import { ACCOUNT_ID } from './synthesized-stacks.ts';

const { stacksWith } = loadOnce<typeof synthesisModule>('../infra/synthesis.ts');

const LOST = 'eu-central-1';
const HERE = 'eu-west-1';
const KEY = `arn:aws:kms:${HERE}:${ACCOUNT_ID}:key/0a1b2c3d-0a1b-4c3d-8e5f-0a1b2c3d4e5f`;
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** IAM of an account: roles with their policies; it refuses a change of the roles that `refuses` names. */
class Iam {
  readonly policies = new Map<string, object>();
  readonly changes: string[] = [];
  refuses: readonly string[] = [];
  readonly #roles: readonly string[];

  constructor(roles: readonly string[]) {
    this.#roles = roles;
  }

  ask: AskAws = async (service, operation, ...words) => {
    const options = Object.fromEntries(words.flatMap((word, i) => (i % 2 ? [] : [[word, words[i + 1]]])));
    const place = `${options['--role-name']} ${options['--policy-name']}`;
    switch (`${service} ${operation}`) {
      case 'iam list-roles':
        return {
          Roles: this.#roles.map((name) => ({
            RoleName: name,
            Arn: `arn:aws:iam::${ACCOUNT_ID}:role/${name}`,
          })),
        };
      case 'iam get-role-policy': {
        const PolicyDocument = this.policies.get(place);
        if (PolicyDocument !== undefined) return { PolicyDocument };
        throw Object.assign(new Error('aws failed'), {
          stderr: 'An error occurred (NoSuchEntity): not found',
        });
      }
      case 'iam put-role-policy':
      case 'iam delete-role-policy': {
        if (this.refuses.includes(String(options['--role-name']))) throw new Error('Throttling');
        this.changes.push(`${operation} ${place}`);
        if (operation === 'delete-role-policy') this.policies.delete(place);
        else this.policies.set(place, JSON.parse(String(options['--policy-document'])));
        return {};
      }
      default:
        throw new Error(`nobody asks ${service} ${operation}`);
    }
  };
}

async function all(steps: AsyncGenerator<Fenced>): Promise<Fenced[]> {
  const found: Fenced[] = [];
  for await (const step of steps) found.push(step);
  return found;
}

const OWN = [
  'KeywrightControl-ManagementKeysRole-1A2B',
  'KeywrightControl-SweepFunctionRole-3C4D',
  `keywright-publisher-${LOST}`,
];
const OTHERS = [
  'Admin',
  `keywright-publisher-${HERE}`,
  'KeywrightDemo-OrdersAuthorizerRole-5E6F',
  'my-KeywrightControl-role',
];

test('each role of the control plane is denied once, and those of others are left alone', async () => {
  const iam = new Iam([...OWN, ...OTHERS]);
  expect(await all(fence(LOST, iam.ask))).toEqual(OWN.map((role) => ({ role, state: 'done' })));
  expect([...iam.policies.keys()]).toEqual(OWN.map((role) => `${role} keywright-fence-${LOST}`));
  expect(await all(fence(LOST, iam.ask))).toEqual(OWN.map((role) => ({ role, state: 'was so' })));
  expect(iam.changes).toHaveLength(OWN.length);
});

test('one that is cut off, or refused, is taken up where it stopped', async () => {
  const iam = new Iam(OWN);
  iam.refuses = [String(OWN[1])];
  const states = async () => (await all(fence(LOST, iam.ask))).map(({ state }) => state);
  expect(await states()).toEqual(['done', 'failed', 'done']);
  iam.refuses = [];
  expect(await states()).toEqual(['was so', 'done', 'was so']);
});

test('a denial that somebody changed is put back, and lifting takes all away', async () => {
  const iam = new Iam(OWN);
  await all(fence(LOST, iam.ask));
  iam.policies.set(`${OWN[0]} keywright-fence-${LOST}`, { Version: '2012-10-17', Statement: [] });
  expect((await all(fence(LOST, iam.ask))).map(({ state }) => state)).toEqual(['done', 'was so', 'was so']);
  expect((await all(fence(LOST, iam.ask, true))).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  expect(iam.policies.size).toBe(0);
  expect((await all(fence(LOST, iam.ask, true))).map(({ state }) => state)).toEqual([
    'was so',
    'was so',
    'was so',
  ]);
});

test('where IAM itself was lost, or no Region is named, nothing is done', () => {
  expect(unfenceable('us-east-1')).toMatch(/^IAM is changed in us-east-1/);
  for (const wrong of ['', 'eu-central', '--lift', 'KeywrightControl'])
    expect(unfenceable(wrong)).toMatch(/is no Region/);
  expect(unfenceable(LOST)).toBeUndefined();
  const run = () =>
    execFileSync(process.execPath, ['bin/fence.ts', 'us-east-1'], { cwd: PROJECT, stdio: 'pipe' });
  expect(run).toThrow(/IAM is changed in us-east-1/);
});

describe('what the templates let roles write', () => {
  const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'PartiQLUpdate'];
  const TABLES = ['keywright', 'keywright-audit', 'keywright-regional', 'keywright-usage'];
  const stacks = stacksWith({
    ...{ demo: true, mail: { from: 'Acme <keys@example.com>', portalUrl: 'https://portal.example.com/' } },
    regions: [LOST, { region: HERE, keyArn: KEY, sealed: true }],
  });
  const resources = [...stacks.values()].flat();
  /** The role that API Gateway logs by has a policy of AWS's. */
  const rolesOf = (own: readonly TemplateResource[]) =>
    own.filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Role' && Properties.ManagedPolicyArns === undefined,
    );

  /** What a role's own policies say of writing a table's item, whatever its key and attributes. */
  function writable(policies: IamPolicies, role: TemplateResource, region: string): string[] {
    const pks = [
      'CRED#',
      'TENANT#',
      'API#',
      'SEEN#',
      'ALERT#',
      'LIMIT#',
      'COUNTED#',
      'SEARCH#',
      'AUDIT#',
      'CHAIN#',
    ];
    return TABLES.flatMap((table) =>
      WRITES.flatMap((action) =>
        pks
          .filter((pk) =>
            policies.allows(String(role.Arn), {
              action: `dynamodb:${action}`,
              resource: `arn:aws:dynamodb:${region}:${ACCOUNT_ID}:table/${table}`,
              context: {
                'dynamodb:LeadingKeys': [`${pk}a`],
                'dynamodb:Attributes': ['pk', 'sk', 'ttl', 'lastEvent'],
              },
            }),
          )
          .map((pk) => `${action} ${table} ${pk}`),
      ),
    );
  }

  const fenced = (region: string): TemplateResource[] =>
    rolesOf(resources)
      .filter(({ PhysicalId }) => isFenced(String(PhysicalId), region))
      .map((role) => ({
        ...{ Type: 'AWS::IAM::Policy', PhysicalId: null, Arn: null, Metadata: {} },
        Properties: { Roles: [role.PhysicalId], PolicyDocument: fencePolicy(region, String(role.Arn)) },
      }));
  const before = new IamPolicies(resources);
  const after = new IamPolicies([...resources, ...fenced(LOST)]);
  const control = rolesOf(stacks.get('KeywrightControl') ?? []);

  test('no role of the control plane writes in the Region that was lost, and all that wrote did before', () => {
    const could = control.filter((role) => writable(before, role, LOST).length > 0);
    expect(could.length).toBeGreaterThan(8);
    for (const role of control)
      expect([role.PhysicalId, writable(after, role, LOST)]).toEqual([role.PhysicalId, []]);
  });

  test('what the main table’s keys, tenants and APIs are written by is the control plane alone', () => {
    const others = rolesOf(resources).filter((role) => !control.includes(role));
    for (const role of others)
      expect(
        writable(after, role, LOST).filter((what) => /keywright (CRED|TENANT|API)#|-audit /.test(what)),
      ).toEqual([]);
  });

  test('a successor of the same name writes where it is', () => {
    const moved = stacksWith({
      regions: [HERE],
      moved: {
        keyArn: KEY,
        streamArn: `arn:aws:dynamodb:${HERE}:${ACCOUNT_ID}:table/keywright/stream/2026-11-29T12:00:00.000`,
        pepperArn: `arn:aws:secretsmanager:${HERE}:${ACCOUNT_ID}:secret:keywright/pepper-AbCdEf`,
      },
    });
    const own = [...moved.values()].flat();
    const roles = rolesOf(moved.get('KeywrightControl') ?? []);
    const deny = roles.map((role) => ({
      ...{ Type: 'AWS::IAM::Policy', PhysicalId: null, Arn: null, Metadata: {} },
      Properties: { Roles: [role.PhysicalId], PolicyDocument: fencePolicy(LOST, String(role.Arn)) },
    }));
    const [plain, denied] = [new IamPolicies(own), new IamPolicies([...own, ...deny])];
    for (const role of roles) expect(writable(denied, role, HERE)).toEqual(writable(plain, role, HERE));
    expect(roles.filter((role) => writable(denied, role, HERE).length > 0).length).toBeGreaterThan(8);
  });
});
