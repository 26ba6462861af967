import { readdirSync } from 'node:fs';
import { RESOURCE } from '../../core/contract/deployment.ts';
import { BucketFiles } from '../../emulator/cloudfront/bucket-files.ts';
import { readTemplates } from '../../emulator/template.ts';
import { BUILT_PORTAL } from '../../lib/constructs/portal-files.ts';
import { seedPortalSecret } from '../../local/identity/portal-client.ts';
import { askAws, callAws } from './aws-call.ts';
import type { MiniStack } from './ministack.ts';

/** What of the portals' stack MiniStack leaves to be done. */
export const PORTAL_STACK = 'KeywrightPortal';

interface PortalFile {
  readonly path: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** The files that the app's own resources would copy into the bucket, with the headers that they say, before they are removed. */
export function portalFiles(assembly: string, { region, accountId }: MiniStack): readonly PortalFile[] {
  const templates = readTemplates(assembly, { region, accountId });
  const deployment = templates.stacks
    .flatMap(({ resources }) => Object.values(resources))
    .find(({ Type }) => Type === 'Custom::CDKBucketDeployment');
  const bucket = String(deployment?.Properties?.DestinationBucketName);
  const files = new BucketFiles(templates);
  const paths = readdirSync(BUILT_PORTAL.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.slice(BUILT_PORTAL.folder.length));
  return [...new Set([...paths, '/config.json'])].map((path) => {
    const { status, body, headers } = files.get(bucket, { path, headers: [] });
    if (status !== 200) throw new Error(`${path} is not deployed: ${status}`);
    return { path, body, headers: Object.fromEntries(headers.filter(([name]) => name !== 'etag')) };
  });
}

/** Puts them where CloudFront finds them. */
export async function uploadPortal(aws: MiniStack, files: readonly PortalFile[]): Promise<void> {
  const buckets = await askAws(aws, { service: 's3', method: 'GET', path: '/' });
  const [, bucket] = /<Name>(keywrightportal[^<]*)<\/Name>/.exec(buckets) ?? [];
  for (const { path, body, headers } of files)
    await askAws(aws, { service: 's3', method: 'PUT', path: `/${bucket}${path}`, headers, body });
}

/** As an operator puts it there, whose issuer made it. */
export async function giveClientSecret(aws: MiniStack, folder: string): Promise<void> {
  const target = 'secretsmanager.PutSecretValue';
  const input = { SecretId: RESOURCE.portalClientSecret, SecretString: seedPortalSecret(folder) };
  await callAws(aws, { service: 'secretsmanager', target, input });
}
