import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment';
import { Construct } from 'constructs';
import { ConfigError } from '../config-field.ts';
import { suppress } from './suppression.ts';

/** Where the portal's build lies. */
export interface PortalBuild {
  /** With `index.html` and `assets/`. */
  readonly folder: string;
  /** True where the folder's files are served as they are at the moment, and need not be there yet: on one machine. */
  readonly live?: boolean;
}

/** What `npm run build:portal` makes. */
export const BUILT_PORTAL: PortalBuild = {
  folder: fileURLToPath(new URL('../../portal/dist', import.meta.url)),
};

/** What the pages read first. */
const SETTINGS = 'config.json';

interface PortalFilesProps {
  readonly build: PortalBuild;
  /** Becomes `/config.json`. */
  readonly settings: object;
  readonly logRetentionDays: number;
}

/**
 * The portal's files in a private bucket. Those below `assets/` bear their content's digest in their names and
 * are kept for ever by whoever got them; old ones stay, for pages that were opened before a deployment.
 */
export class PortalFiles extends Construct {
  readonly bucket: IBucket;

  constructor(scope: Construct, id: string, props: PortalFilesProps) {
    super(scope, id);
    const bucket = new Bucket(this, 'Bucket', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      // Nothing in it that a deployment does not make anew.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    suppress(bucket, {
      id: 'AwsSolutions-S1',
      reason: 'It holds what everybody may read, and CloudFront alone reads it.',
    });
    this.bucket = bucket as IBucket;
    const { folder, live } = checked(props.build);
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetentionDays as RetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const copied = { destinationBucket: this.bucket, prune: false, memoryLimit: 512, logGroup };
    const built = new Construct(this, 'Built');
    // Files of the moment are served from where they lie: nothing is copied.
    if (live) built.node.setContext('aws:cdk:disable-asset-staging', true);
    const files = (path: string) => Source.asset(path, live ? { assetHash: `live ${path}` } : {});
    const immutable = CacheControl.fromString('public, max-age=31536000, immutable');
    const assets = new BucketDeployment(built, 'Assets', {
      ...copied,
      sources: [files(join(folder, 'assets'))],
      destinationKeyPrefix: 'assets',
      cacheControl: [immutable],
    });
    const pages = new BucketDeployment(built, 'Pages', {
      ...copied,
      sources: [files(folder)],
      exclude: ['assets/*', SETTINGS],
      cacheControl: [CacheControl.noCache()],
    });
    const settings = new BucketDeployment(this, 'Settings', {
      ...copied,
      sources: [Source.jsonData(SETTINGS, props.settings)],
      cacheControl: [CacheControl.noCache()],
    });
    // No page before what it asks for is there.
    pages.node.addDependency(assets, settings);
    this.#acceptLibrary();
  }

  /** The library's own function, which copies: one for the stack. */
  #acceptLibrary(): void {
    const reason = 'The CDK’s own function, which copies the portal’s files out of the CDK’s own bucket.';
    for (const copier of Stack.of(this).node.children) {
      if (!copier.node.id.startsWith('Custom::CDKBucketDeployment')) continue;
      for (const id of ['AwsSolutions-IAM4', 'AwsSolutions-IAM5', 'AwsSolutions-L1'])
        suppress(copier, { id, reason });
    }
  }
}

function checked(build: PortalBuild): PortalBuild {
  if (build.live || existsSync(join(build.folder, 'index.html'))) return build;
  throw new ConfigError(`${build.folder} holds no portal; run \`npm run build:portal\` first.`);
}
