import { Aspects } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStacks, emptyApp } from '../lib/app.ts';
import { configFromContext } from '../lib/config.ts';
import { ConfigError } from '../lib/config-field.ts';
import { BUILT_PORTAL } from '../lib/constructs/portal-files.ts';

/** The CDK app: what `cdk synth` and `cdk deploy` run. */
try {
  const app = emptyApp({ validate: true });
  addStacks(app, configFromContext(app.node.getAllContext()), { portal: BUILT_PORTAL });
  Aspects.of(app).add(new AwsSolutionsChecks());
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
