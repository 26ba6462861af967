import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { signer } from '../../client/sigv4.ts';
import { EXIT, Exit } from './exit.ts';

/** Signs by the credentials and the Region of the shell, as AWS's own tools find them. */
export async function awsSigner(): Promise<(request: Request) => Promise<Request>> {
  const { config } = new SecretsManagerClient({});
  try {
    const [region, credentials] = await Promise.all([config.region(), config.credentials()]);
    return signer({ region, credentials });
  } catch (error) {
    throw new Exit(
      EXIT.signedOut,
      `No credentials of AWS: ${error instanceof Error ? error.message : error}`,
    );
  }
}
