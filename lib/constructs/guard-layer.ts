import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { bundleOf } from './bundle.ts';

/** As Node finds it: the same name as the package's that is installed. */
const NAME = 'keywright-guard';

/**
 * `keywright-guard` for functions that are not bundled: `import { keywrightGuard } from 'keywright-guard'` finds it
 * once the layer is added, on Node 24. `allowGuard` says what the function may do.
 */
export class KeywrightGuardLayer extends LayerVersion {
  constructor(scope: Construct, id: string) {
    const { code, hash } = bundleOf('guard');
    const folder = mkdtempSync(join(tmpdir(), 'keywright-'));
    const place = join(folder, 'nodejs/node_modules', NAME);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'index.js'), code);
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name: NAME, type: 'commonjs' }));
    super(scope, id, {
      code: Code.fromAsset(folder, { assetHash: hash }),
      description: 'Keywright: keywright-guard for Node 24',
    });
    // The library copied it into the cloud assembly as it made the layer.
    rmSync(folder, { recursive: true });
  }
}
