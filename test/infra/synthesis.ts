import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { type ResolvedTemplates, readTemplates } from '../../emulator/template.ts';
import { emptyApp, keywrightApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config.ts';
import { takeBundles } from '../../lib/constructs/bundle.ts';
import { ControlStack } from '../../lib/control-stack.ts';
import { DataStack } from '../../lib/data-stack.ts';
import { PortalStack } from '../../lib/portal-stack.ts';
import { bundlesFolder } from '../../local/cloud-assembly.ts';

// What the installation has built of the same sources is not built again by each worker; test/infra/bundle.test.ts
// holds it to what is built.
takeBundles(bundlesFolder());

export const REGION = 'eu-central-1';
export const ACCOUNT_ID = '111122223333';

export interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: Readonly<Record<string, unknown>>;
        readonly DeletionPolicy?: string;
        readonly UpdateReplacePolicy?: string;
      }
    >
  >;
  readonly Outputs?: Readonly<
    Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: unknown } }>
  >;
}

/** An app's resources, every intrinsic resolved. */
export function resourcesOf(
  makeApp: (outdir: string) => App,
  accountId = ACCOUNT_ID,
): readonly TemplateResource[] {
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  try {
    const { stacks } = readTemplates(makeApp(outdir), { region: REGION, accountId });
    return stacks.flatMap(({ resources }) => Object.values(resources));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** Keywright's own stacks with these settings, with the functions' code below `outdir`. */
export function deployableIn(outdir: string, settings: unknown): ResolvedTemplates {
  const app = keywrightApp(parseConfig(settings), { outdir });
  return readTemplates(app, { region: REGION, accountId: ACCOUNT_ID });
}

/** An app of the stack with the tables alone. */
export function dataApp(settings: unknown, outdir?: string): App {
  const app = emptyApp(outdir === undefined ? {} : { outdir });
  const config = parseConfig(settings);
  const env = config.region === null ? {} : { env: { region: config.region } };
  new DataStack(app, 'KeywrightData', { config, ...env });
  return app;
}

/** The resources of a portal's stack with each of these settings, of one app and one management API. */
export function portalResources(settings: readonly unknown[], folder: string): readonly TemplateResource[][] {
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  try {
    const app = emptyApp({ outdir });
    app.node.setContext('originSecretTurn', 'second');
    const config = parseConfig({});
    const data = new DataStack(app, 'KeywrightData', { config });
    const { management } = new ControlStack(app, 'KeywrightControl', { config, data });
    const { keyArn } = data.store;
    for (const [i, each] of settings.entries()) {
      new PortalStack(app, `Portal${i}`, {
        config: parseConfig(each),
        management,
        keyArn,
        build: { folder },
      });
    }
    const { stacks } = readTemplates(app, { region: REGION, accountId: ACCOUNT_ID });
    return settings.map((_, i) =>
      Object.values(stacks.find(({ name }) => name === `Portal${i}`)?.resources ?? {}),
    );
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The templates of an app's stacks as CloudFormation reads them, what becomes of a resource included. */
export function templatesOf(app: App): readonly Template[] {
  return app.synth().stacks.map(({ template }) => template);
}

/** What CloudFront knows by a name of the portal's stack, the portal's files being in `folder`. */
export function portalNames(settings: unknown, folder: string): string[] {
  const app = keywrightApp(parseConfig(settings), { portal: { folder } });
  const template = app.synth().getStackByName('KeywrightPortal').template as Template;
  return Object.values(template.Resources)
    .filter(({ Type }) => Type.startsWith('AWS::CloudFront::'))
    .flatMap(({ Properties = {} }) => [Properties, ...Object.values(Properties)])
    .flatMap((part) => (typeof Object(part).Name === 'string' ? [String(Object(part).Name)] : []));
}

interface Synthesized {
  readonly stacks: ResolvedTemplates['stacks'];
  readonly templates: ReadonlyMap<string, Template>;
}

const made = new Map<string, Synthesized>();

/** Keywright's own stacks with these settings, by two ways of reading them, which no test may change. */
function synthesized(settings: unknown, accountId = ACCOUNT_ID): Synthesized {
  const name = JSON.stringify([settings, accountId]);
  const known = made.get(name);
  if (known !== undefined) return known;
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  try {
    const app = keywrightApp(parseConfig(settings), { outdir });
    const { stacks } = readTemplates(app, { region: REGION, accountId });
    const templates = app.synth().stacks.map(({ stackName, template }) => [stackName, template] as const);
    const both = { stacks, templates: new Map(templates) };
    made.set(name, both);
    return both;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The templates of Keywright's own stacks. */
export function templatesWith(settings: unknown): readonly Template[] {
  return [...synthesized(settings).templates.values()];
}

/** The same, by the stack's name. */
export function templatesByName(settings: unknown): ReadonlyMap<string, Template> {
  return synthesized(settings).templates;
}

/** The resources of each of Keywright's own stacks with these settings, by the stack's name. */
export function stacksWith(settings: unknown): ReadonlyMap<string, readonly TemplateResource[]> {
  const { stacks } = synthesized(settings);
  return new Map(stacks.map(({ name, resources }) => [name, Object.values(resources)]));
}

/** The resources of Keywright's own stacks with these settings. */
export function resourcesWith(settings: unknown, accountId = ACCOUNT_ID): readonly TemplateResource[] {
  return synthesized(settings, accountId).stacks.flatMap(({ resources }) => Object.values(resources));
}
