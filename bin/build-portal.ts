import { buildPortal } from './portal-build.ts';

/** `npm run build:portal`: what `cdk deploy` puts into the portals' bucket. */
const outcome = await buildPortal();
console.log(outcome === 'built' ? 'The portal is built.' : 'The portal is as its sources are.');
