import { buildPortal } from './portal-build.ts';

/** `npm run build:portal`: what `cdk deploy` puts into the portals' bucket. */
const SAID = {
  built: 'The portal is built.',
  fresh: 'The portal is as its sources are.',
  absent: 'There are no sources of a portal here.',
};

console.log(SAID[await buildPortal()]);
