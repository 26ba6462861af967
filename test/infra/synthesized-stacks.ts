import type { App } from 'aws-cdk-lib';
import type { TemplateResource } from '../../emulator/template/resources.ts';
import type * as synthesisModule from './synthesis.ts';

const synthesis = loadOnce<typeof synthesisModule>('../infra/synthesis.ts');
export const { ACCOUNT_ID, REGION, dataApp, templatesOf, templatesWith } = synthesis;

/** Settings with everything that most tests ask about, the same for all so that it is synthesized once. */
export const WHOLE = {
  demo: true,
  alarmEmails: ['ops@example.com'],
  mail: { from: 'Acme <keys@example.com>', portalUrl: 'https://portal.example.com/' },
  allowedOrigins: ['https://portal.example.com'],
};

/** The resources of synthesized stacks, every intrinsic resolved. */
export class SynthesizedStacks {
  readonly resources: readonly TemplateResource[];

  constructor(resources: readonly TemplateResource[]) {
    this.resources = resources;
  }

  ofType(type: string): readonly TemplateResource[] {
    return this.resources.filter(({ Type }) => Type === type);
  }

  /** The one resource of this type whose properties are so; fails when there are none or several. */
  one(type: string, isIt: (properties: Record<string, unknown>) => boolean = () => true): TemplateResource {
    const found = this.ofType(type).filter(({ Properties }) => isIt(Properties));
    if (found.length !== 1 || found[0] === undefined) {
      throw new Error(`${found.length} resources of type ${type} match; expected one`);
    }
    return found[0];
  }
}

/** The stack with the tables alone. */
export function synthesizeData(settings: unknown): SynthesizedStacks {
  return stacksOf((outdir) => dataApp(settings, outdir));
}

/** An app of a test's own. */
export function stacksOf(makeApp: (outdir: string) => App): SynthesizedStacks {
  return new SynthesizedStacks(synthesis.resourcesOf(makeApp));
}

/** The portal that was built into `folder`, with each of these settings. */
export function synthesizePortals(settings: readonly unknown[], folder: string): SynthesizedStacks[] {
  return synthesis.portalResources(settings, folder).map((resources) => new SynthesizedStacks(resources));
}

/** Keywright's own stacks with these settings. */
export function synthesize(settings: unknown): SynthesizedStacks {
  return new SynthesizedStacks(synthesis.resourcesWith(settings));
}

/** The same in another account: that of `npm start` is all zeros. */
export function stacksIn(settings: unknown, accountId: string): SynthesizedStacks {
  return new SynthesizedStacks(synthesis.resourcesWith(settings, accountId));
}
