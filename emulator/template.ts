import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { IntrinsicResolver, type RawTemplate, type ResolverScope } from './template/intrinsics.ts';
import type { TemplateStack } from './template/resources.ts';

/** Where the CDK notes what an asset is made of. */
const ASSET_PATH = 'aws:asset:path';

/** What `readTemplates` gives: the app's stacks and the folder that asset paths are relative to. */
export interface ResolvedTemplates {
  readonly stacks: readonly TemplateStack[];
  readonly assemblyDir: string;
}

/** Where the stacks are to live: what `AWS::Region` and `AWS::AccountId` become. */
export interface TemplateTarget {
  readonly region: string;
  readonly accountId: string;
}

interface Manifest {
  readonly artifacts?: Record<
    string,
    {
      readonly type: string;
      readonly displayName?: string;
      /** `aws://<account>/<Region>`, where unknown of the one or the other so. */
      readonly environment?: string;
      readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
    }
  >;
}

/**
 * Reads every stack of a CDK app (which is synthesized) or of a cloud assembly folder and resolves all
 * intrinsic functions as CloudFormation would, physical ids included. Names that CloudFormation would
 * make up are made up here the same way every time.
 *
 * `others` are cloud assemblies of other apps in the same account, whose stacks see the exports of the first.
 *
 * Throws an Error that names stack, resource and path at the first intrinsic, attribute or resource type
 * that it can't resolve: a value that looks resolved and is not would be far harder to find.
 */
export function readTemplates(
  source: App | string,
  target: TemplateTarget,
  others: readonly string[] = [],
): ResolvedTemplates {
  const assemblyDir = typeof source === 'string' ? source : source.synth().directory;
  const templates = [...readAssembly(assemblyDir), ...others.flatMap(readOther)];
  const scopes = new Map<string, ResolverScope>();
  const resolvers = templates.map(({ name, region = target.region, template }) => {
    const scope = scopes.get(region) ?? { ...target, region, exports: new Map(), outputs: new Map() };
    scopes.set(region, scope);
    return { region, resolver: new IntrinsicResolver(name, template, scope) };
  });
  for (const { resolver } of resolvers) resolver.publishOutputs();
  return {
    assemblyDir,
    stacks: resolvers.map(({ region, resolver }) => ({
      ...{ name: resolver.stackName, region },
      resources: resolver.resources(),
    })),
  };
}

/** Those of one Region. */
export function templatesIn(region: string, { stacks, assemblyDir }: ResolvedTemplates): ResolvedTemplates {
  return { assemblyDir, stacks: stacks.filter((stack) => stack.region === region) };
}

interface ReadTemplate {
  readonly name: string;
  /** undefined for a stack that may be in any. */
  readonly region: string | undefined;
  readonly template: RawTemplate;
}

function readAssembly(assemblyDir: string): ReadTemplate[] {
  const manifest = readJson<Manifest>(join(assemblyDir, 'manifest.json'));
  return Object.entries(manifest.artifacts ?? {}).flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly') {
      throw new Error(
        `${id} is a nested assembly (a CDK Stage); only stacks directly in the app are read. Pass that assembly's own folder.`,
      );
    }
    const { templateFile, stackName } = artifact.properties ?? {};
    if (artifact.type !== 'aws:cloudformation:stack' || templateFile === undefined) return [];
    const [, region] = /^aws:\/\/[^/]+\/([a-z]+-.*-\d)$/.exec(artifact.environment ?? '') ?? [];
    const template = readJson<RawTemplate>(join(assemblyDir, templateFile));
    return [{ name: stackName ?? id, region, template }];
  });
}

/** The first assembly's assets are named relative to it, these by where they are. */
function readOther(folder: string): ReadTemplate[] {
  return readAssembly(folder).map(({ name, template }) => {
    // Here all of them are where Keywright is.
    const stack = { name, region: undefined };
    const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => {
      const path = resource.Metadata?.[ASSET_PATH];
      if (typeof path !== 'string') return [id, resource] as const;
      return [
        id,
        { ...resource, Metadata: { ...resource.Metadata, [ASSET_PATH]: resolve(folder, path) } },
      ] as const;
    });
    return { ...stack, template: { ...template, Resources: Object.fromEntries(resources) } };
  });
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
