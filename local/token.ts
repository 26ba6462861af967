import { StartError } from '../emulator/start-error.ts';
import { runCommand } from './command.ts';
import { signAccessToken } from './identity/access-token.ts';
import { readPeople } from './identity/people.ts';
import { readSigningKeys } from './identity/signing-keys.ts';
import { readSettings } from './settings.ts';

const FIRST_SIGN_IN = '--first-sign-in';

/**
 * Prints an access token for the person whose e-mail address is given, as a finished sign-in would give. With
 * `--first-sign-in` it is as that of a first one, which has no second factor.
 */
await runCommand(async () => {
  const { dataDir, issuer } = readSettings(process.env);
  const [people, keys] = [readPeople(dataDir), readSigningKeys(dataDir)];
  if (people === undefined || keys === undefined) {
    throw new StartError(
      `${dataDir} holds no people yet; run \`npm start\` once, with the same KEYWRIGHT_DATA_DIR.`,
    );
  }
  const given = process.argv.slice(2);
  const email = given.find((argument) => argument !== FIRST_SIGN_IN);
  const signIn = given.includes(FIRST_SIGN_IN) ? 'first' : 'later';
  const person = people.find((candidate) => candidate.email === email?.toLowerCase());
  if (person === undefined) {
    const known = people.map((candidate) => candidate.email).join(', ');
    const problem = email === undefined ? 'Give an e-mail address' : `Nobody here is called ${email}`;
    throw new StartError(`${problem}; there are: ${known}.`);
  }
  console.log(await signAccessToken({ person, keys, issuer, now: new Date(), signIn }));
});
