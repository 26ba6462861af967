import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPortal } from '../../bin/portal-build.ts';
import { cloudAssembly } from '../../local/cloud-assembly.ts';
import { LOCAL_MAIL_DOMAIN } from '../../local/configuration.ts';
import { AUDIENCE, signAccessToken } from '../../local/identity/access-token.ts';
import { readPeople } from '../../local/identity/people.ts';
import { startIdentity } from '../../local/identity/server.ts';
import { readSigningKeys } from '../../local/identity/signing-keys.ts';
import { seedDemo } from '../../local/seed.ts';
import { callersOf, type Deployment } from '../support/deployment.ts';
import { callAws } from './aws-call.ts';
import { Cdk } from './cdk.ts';
import { adaptTemplates } from './deviations.ts';
import { freePort, type MiniStack, startMiniStack } from './ministack.ts';
import { giveClientSecret, PORTAL_STACK, portalFiles, uploadPortal } from './portal-stack.ts';

const STACKS = ['KeywrightData', 'KeywrightControl', 'KeywrightDemo'];

/** Keywright deployed by the CDK into MiniStack, with the demonstration's tenants, APIs and people. */
export interface EmulatedDeployment extends Deployment {
  readonly aws: MiniStack;
  /** Of the management API, without `/v1`. */
  readonly managementUrl: string;
  /** Where the identity keeps people and programs, and who it is. */
  readonly folder: string;
  readonly issuer: string;
  /** Where people sign in, if the portals are there, and mails lead to. */
  readonly portalUrl: string;
  stageUrl(api: string, environment: string): string;
  tokenOf(email: string): Promise<string>;
}

/**
 * Starts MiniStack and what it lacks, an identity, and deploys the stacks: some 20 seconds, and twice as long with the
 * portals.
 */
export async function deployToMiniStack({ portals = false } = {}): Promise<EmulatedDeployment> {
  const folder = await mkdtemp(join(tmpdir(), 'keywright-emulator-'));
  const opened: { close(): Promise<void> }[] = [{ close: () => rm(folder, { recursive: true }) }];
  const close = async () => {
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  try {
    const aws = await startMiniStack(folder);
    opened.push({ close: aws.stop });
    const port = await freePort();
    const issuer = `http://localhost:${port}`;
    const { outputs, portalUrl } = await deployStacks(aws, { folder, issuer, portals });
    const [log, now] = [() => undefined, () => new Date()];
    opened.push(await startIdentity({ dataDir: folder, port, portalUrl, now, log }));
    if (portals) await giveClientSecret(aws, folder);

    const urlOf = (stack: string, output: string) => reachable(outputs[stack]?.[output], aws);
    const managementUrl = urlOf('KeywrightControl', 'ManagementUrl');
    const tokenOf = (email: string) => accessToken(folder, issuer, email);
    const token = () => tokenOf('admin@keywright.test');
    await seedDemo({ dataDir: folder, managementUrl, issuer, vendor: '', token });
    const stageUrl = (api: string, environment: string) =>
      urlOf('KeywrightDemo', `${titled(api)}${titled(environment)}Url`);
    const at = { managementUrl, stageUrl, tokenOf };
    return { ...callersOf(at), ...at, folder, issuer, portalUrl, aws, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Wanted {
  readonly folder: string;
  readonly issuer: string;
  readonly portals: boolean;
}

async function deployStacks(aws: MiniStack, { folder, issuer, portals }: Wanted) {
  const { KeyMetadata: key } = await callAws<{ KeyMetadata: { KeyId: string } }>(aws, {
    service: 'kms',
    target: 'TrentService.CreateKey',
    input: { MultiRegion: true },
  });
  await callAws(aws, {
    service: 'ses',
    path: '/v2/email/identities',
    input: { EmailIdentity: LOCAL_MAIL_DOMAIN },
  });
  const stacks = portals ? [...STACKS, PORTAL_STACK] : STACKS;
  const assemblyFor = (portalUrl: string) =>
    cloudAssembly(folder, { issuer, audience: AUDIENCE, portalUrl, sealingKey: key.KeyId });
  let portalUrl = 'http://localhost:4100';
  let assembly = await assemblyFor(portalUrl);
  const cdk = new Cdk(aws, folder);
  await cdk.bootstrap();
  if (portals) await buildPortal();
  const files = portals ? portalFiles(assembly, aws) : undefined;
  adaptTemplates(assembly, stacks, aws.url);
  const outputs = await cdk.deploy(assembly, stacks);
  if (files !== undefined) {
    await uploadPortal(aws, files);
    // CloudFront makes up the address, which people are then to be sent back to.
    portalUrl = String(outputs[PORTAL_STACK]?.PortalUrl);
    assembly = await assemblyFor(portalUrl);
    adaptTemplates(assembly, stacks, aws.url);
    await cdk.deploy(assembly, ['KeywrightControl']);
  }
  return { outputs, portalUrl };
}

/**
 * The address of an API by path: MiniStack serves `{id}.execute-api.…` too, but no name server knows it.
 * @param url `https://{id}.execute-api.{domain}/{stage}/`
 */
function reachable(url: string | undefined, aws: MiniStack): string {
  const { hostname, pathname } = new URL(String(url));
  const stage = pathname.replaceAll('/', '');
  return `${aws.url}/_aws/execute-api/${hostname.split('.')[0]}${stage && `/${stage}`}`;
}

async function accessToken(dataDir: string, issuer: string, email: string): Promise<string> {
  const person = readPeople(dataDir)?.find((candidate) => candidate.email === email);
  const keys = readSigningKeys(dataDir);
  if (person === undefined || keys === undefined) throw new Error(`nobody is called ${email}`);
  return signAccessToken({ person, keys, issuer, now: new Date() });
}

function titled(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
