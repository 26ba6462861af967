import { runCommand } from './command.ts';
import { signAccessToken } from './identity/access-token.ts';
import { readPeople } from './identity/people.ts';
import { readSigningKeys } from './identity/signing-keys.ts';
import { readSettings } from './settings.ts';
import { StartError } from './start-error.ts';

/** Prints an access token for the person whose e-mail address is given, as a finished sign-in would give. */
await runCommand(async () => {
  const { dataDir, issuer } = readSettings(process.env);
  const [people, keys] = [readPeople(dataDir), readSigningKeys(dataDir)];
  if (people === undefined || keys === undefined) {
    throw new StartError(
      `${dataDir} holds no people yet; run \`npm start\` once, with the same KEYWRIGHT_DATA_DIR.`,
    );
  }
  const email = process.argv[2];
  const person = people.find((candidate) => candidate.email === email?.toLowerCase());
  if (person === undefined) {
    const known = people.map((candidate) => candidate.email).join(', ');
    const problem = email === undefined ? 'Give an e-mail address' : `Nobody here is called ${email}`;
    throw new StartError(`${problem}; there are: ${known}.`);
  }
  console.log(await signAccessToken({ person, keys, issuer, now: new Date() }));
});
