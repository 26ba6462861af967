import { randomBytes } from 'node:crypto';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beginTurn, finishTurn, NoTurn } from '../core/aws/origin-secret-turn.ts';
import { RESOURCE } from '../core/contract/deployment.ts';

/** Turns the secret that CloudFront proves itself by, with the credentials and in the Region of whoever calls. */
const client = new SecretsManagerClient({});
const [step] = process.argv.slice(2);
try {
  if (step === 'begin') {
    await beginTurn(client, RESOURCE.originSecret, randomBytes);
    console.log(
      'The API takes a new secret as well within five minutes. Wait for that, then deploy the portal with -c originSecretTurn=…, then run this with finish.',
    );
  } else if (step === 'finish') {
    await finishTurn(client, RESOURCE.originSecret);
    console.log('The old secret is refused within five minutes.');
  } else {
    console.error('Say which step: begin, or finish once the portal has been deployed.');
    process.exitCode = 2;
  }
} catch (error) {
  if (!(error instanceof NoTurn)) throw error;
  console.error(`${error.message}.`);
  process.exitCode = 1;
}
