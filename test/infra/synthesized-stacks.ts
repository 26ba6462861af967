import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { keywrightApp } from '../../lib/app.ts';
import { parseConfig } from '../../lib/config.ts';
import type { TemplateResource } from '../../local/template/resources.ts';
import { readTemplates } from '../../local/template.ts';

export const REGION = 'eu-central-1';
export const ACCOUNT_ID = '111122223333';

/** The resources of synthesized stacks, every intrinsic resolved. */
export class SynthesizedStacks {
  readonly resources: readonly TemplateResource[];

  constructor(makeApp: (outdir: string) => App) {
    const outdir = mkdtempSync(join(tmpdir(), 'keywright-test-'));
    try {
      const { stacks } = readTemplates(makeApp(outdir), { region: REGION, accountId: ACCOUNT_ID });
      this.resources = stacks.flatMap(({ resources }) => Object.values(resources));
    } finally {
      rmSync(outdir, { recursive: true });
    }
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

/** Keywright's own stacks with these settings. */
export function synthesize(settings: unknown): SynthesizedStacks {
  return new SynthesizedStacks((outdir) => keywrightApp(parseConfig(settings), { outdir }));
}
