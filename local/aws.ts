import { readAwsAccess } from '../emulator/aws-access.ts';
import { StartError } from '../emulator/start-error.ts';
import { runCommand } from './command.ts';
import { readSettings } from './settings.ts';

/** Prints the lines by which a shell, the `aws` command and the SDKs call this server's AWS services. */
await runCommand(() => {
  const { dataDir } = readSettings(process.env);
  const access = readAwsAccess(dataDir);
  if (access === undefined) {
    throw new StartError(
      `${dataDir} has no AWS services yet; run \`npm start\` first, with the same KEYWRIGHT_DATA_DIR.`,
    );
  }
  console.log(`unset AWS_PROFILE AWS_SESSION_TOKEN
export AWS_ENDPOINT_URL=${access.url}
export AWS_REGION=${access.region} AWS_DEFAULT_REGION=${access.region}
export AWS_ACCESS_KEY_ID=${access.accessKeyId}
export AWS_SECRET_ACCESS_KEY=${access.secretAccessKey}`);
});
