import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import { type ResolvedTemplates, readTemplates } from '../../emulator/template.ts';
import { emptyApp, keywrightApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config.ts';
import { ControlStack } from '../../lib/control-stack.ts';
import { DataStack } from '../../lib/data-stack.ts';
import { PortalStack } from '../../lib/portal-stack.ts';

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

/** The templates of Keywright's own stacks. */
export function templatesWith(settings: unknown): readonly Template[] {
  return templatesOf(keywrightApp(parseConfig(settings)));
}

/** The resources of each of Keywright's own stacks with these settings, by the stack's name. */
export function stacksWith(settings: unknown): ReadonlyMap<string, readonly TemplateResource[]> {
  const outdir = mkdtempSync(join(tmpdir(), 'keywright-test-'));
  try {
    const { stacks } = deployableIn(outdir, settings);
    return new Map(stacks.map(({ name, resources }) => [name, Object.values(resources)]));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const made = new Map<string, readonly TemplateResource[]>();

/** The resources of Keywright's own stacks with these settings, which no test may change. */
export function resourcesWith(settings: unknown, accountId = ACCOUNT_ID): readonly TemplateResource[] {
  const name = JSON.stringify([settings, accountId]);
  const resources =
    made.get(name) ?? resourcesOf((outdir) => keywrightApp(parseConfig(settings), { outdir }), accountId);
  made.set(name, resources);
  return resources;
}
