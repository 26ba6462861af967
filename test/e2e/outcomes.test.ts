import { afterAll, beforeAll } from '@jest/globals';
import { type Deployment, startDeployment } from '../support/deployment.ts';
import { testOutcomes } from '../support/outcomes.ts';

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

testOutcomes(() => deployment);
