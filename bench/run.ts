import { authorizerFigures } from './authorizer.ts';
import { type Figure, report } from './harness.ts';
import { revocationFigures } from './revocation.ts';

/** What can be measured, by the word that `npm run bench -- <word>` takes. */
const BENCHES: Readonly<Record<string, () => Promise<Figure[]>>> = {
  authorizer: authorizerFigures,
  revocation: revocationFigures,
};

const words = process.argv.slice(2);
const json = words.includes('--json');
const wanted = words.filter((word) => !word.startsWith('--'));
const names = wanted.length > 0 ? wanted : Object.keys(BENCHES);
for (const name of names) {
  const figures = BENCHES[name];
  if (figures === undefined) {
    console.error(`no bench is called "${name}"; there are: ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  if (!report(name, await figures(), json)) process.exitCode = 1;
}
