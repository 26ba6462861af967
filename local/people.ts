import { StartError } from '../emulator/start-error.ts';
import { runCommand } from './command.ts';
import { readPasswords, readPeople } from './identity/people.ts';
import { authenticatorOf } from './identity/sign-in.ts';
import { readSettings } from './settings.ts';

/** Prints who can sign in, with what they would look up: password, current code, authenticator set-up. */
await runCommand(() => {
  const { dataDir, issuer } = readSettings(process.env);
  const people = readPeople(dataDir);
  if (people === undefined) {
    throw new StartError(
      `${dataDir} holds no people yet; run \`npm start\` once, with the same KEYWRIGHT_DATA_DIR.`,
    );
  }
  const passwords = readPasswords(dataDir);
  console.log(`Sign in at ${issuer}. A code works once, within half a minute or so.\n`);
  for (const person of people) {
    const { totpSecret } = person;
    const authenticator = totpSecret === null ? undefined : authenticatorOf(person, totpSecret);
    console.log(
      `${person.email} (${person.role === null ? 'acts for no tenant yet' : `${person.role}, ${person.tenants.join(' ')}`})`,
    );
    console.log(`  password  ${passwords[person.email] ?? 'not kept here'}`);
    console.log(`  code      ${authenticator?.generate() ?? 'none; the first sign-in sets an app up'}`);
    console.log(`  app       ${authenticator?.toString() ?? 'none'}\n`);
  }
});
