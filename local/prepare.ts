import { buildPortal } from '../bin/portal-build.ts';
import { prepareBundles } from './cloud-assembly.ts';

/** As the repository is installed: what `npm start` would otherwise make first. It says what it can't, and starts all the same. */
const outcomes = await Promise.allSettled([
  buildPortal().then(() => console.log('The portal is built.')),
  prepareBundles().then(() => console.log('The functions are bundled.')),
]);
for (const outcome of outcomes) if (outcome.status === 'rejected') console.error(outcome.reason);
