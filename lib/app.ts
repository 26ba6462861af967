import { createRequire } from 'node:module';
import { App } from 'aws-cdk-lib';
import { type KeywrightConfig, otherRegions } from './config.ts';
import type { RegionConfig } from './config-parts.ts';
import type { PortalBuild } from './constructs/portal-files.ts';
import { ControlStack } from './control-stack.ts';
import { DataStack } from './data-stack.ts';
import { DemoStack, type DemoStackProps } from './demo-stack.ts';
import { PortalStack } from './portal-stack.ts';
import { RegionStack } from './region-stack.ts';

const featureFlags: Record<string, unknown> = createRequire(import.meta.url)(
  'aws-cdk-lib/recommended-feature-flags.json',
);

export interface KeywrightAppProps {
  /** Check templates against the library's own rules as they are written: some seconds. Default: false. */
  readonly validate?: boolean;
  /** Where the cloud assembly is written. Default: where the CDK CLI says, or a temporary folder. */
  readonly outdir?: string;
  /** Where the portal's build lies. Default: there is none, and no `KeywrightPortal`. */
  readonly portal?: PortalBuild;
}

/**
 * An empty CDK app with what every synthesis of ours needs, from the command line and in process alike:
 * the library's recommended behaviours, and asset paths in the templates.
 */
export function emptyApp({ outdir, validate = false }: KeywrightAppProps = {}): App {
  return new App({
    ...(outdir !== undefined && { outdir }),
    analyticsReporting: false,
    autoSynth: false,
    builtinCloudFormationValidation: validate,
    context: {
      ...featureFlags,
      // Exports and imports: CloudFormation then refuses to take away what another stack still uses.
      '@aws-cdk/core:defaultCrossStackReferences': 'strong',
      'aws:cdk:enable-asset-metadata': true,
    },
  });
}

/** Keywright as a CDK app: `keywrightApp(parseConfig({})).synth()` needs no account, Docker or network. */
export function keywrightApp(config: KeywrightConfig, props: KeywrightAppProps = {}): App {
  const app = emptyApp(props);
  addStacks(app, config, props);
  return app;
}

/**
 * `KeywrightData`, `KeywrightControl`, `KeywrightPortal` where the portal is built, `KeywrightDemo` where
 * `config.demo` asks for it, and `KeywrightRegion-<Region>` for each Region beside the main one, with a demonstration of
 * its own likewise; where the control plane was moved, the main Region keeps those two as well.
 */
export function addStacks(
  app: App,
  config: KeywrightConfig,
  { portal }: Pick<KeywrightAppProps, 'portal'>,
): void {
  const env = config.region === null ? {} : { env: { region: config.region } };
  const here = hereBefore(app, config);
  const data = new DataStack(app, 'KeywrightData', { config, here, ...env });
  const control = new ControlStack(app, 'KeywrightControl', { config, data, here, ...env });
  if (portal !== undefined) {
    const { management } = control;
    const { keyArn } = data.store;
    new PortalStack(app, 'KeywrightPortal', { config, management, keyArn, build: portal, ...env });
  }
  // Where a request plane was before, its demonstration is, too.
  if (config.demo && here === undefined) {
    const { alarmTopic, usage } = control;
    const consumerArn = usage.function.functionArn;
    const managementApiId = control.management.api.apiId;
    const props = { config, store: data.store, alarmTopic, consumerArn, managementApiId };
    new DemoStack(app, 'KeywrightDemo', { ...props, ...env });
  }
  for (const region of otherRegions(config)) requestPlane(app, config, region).addStackDependency(data);
}

/** The request plane that a Region had to which the control plane was moved. */
function hereBefore(app: App, config: KeywrightConfig): RegionStack | undefined {
  const { moved, regions } = config;
  if (moved === null || regions === null) return undefined;
  return requestPlane(app, config, { region: regions[0], keyArn: moved.keyArn, sealed: true });
}

function requestPlane(app: App, config: KeywrightConfig, region: RegionConfig): RegionStack {
  const there = { env: { region: region.region } };
  const home = config.regions?.[0] ?? '';
  const stack = new RegionStack(app, `KeywrightRegion-${region.region}`, { config, region, home, ...there });
  if (config.demo)
    new DemoStack(app, `KeywrightDemo-${region.region}`, { ...demoIn(stack, config), ...there });
  return stack;
}

/** The demonstration beside a request plane; a host name is the main Region's. */
function demoIn({ store, alarmTopic, usage, verify }: RegionStack, config: KeywrightConfig): DemoStackProps {
  const consumerArn = usage.function.functionArn;
  return {
    ...{ store, alarmTopic, consumerArn, managementApiId: verify.api.apiId },
    config: { ...config, domain: null },
  };
}
