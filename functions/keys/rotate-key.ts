import { rotateKey as decide } from '../../core/domain/api-key-lifecycle.ts';
import { mintSecret } from '../../core/domain/api-key-secret.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { keySchemas } from '../../core/http/schemas/key-schemas.ts';
import { decideAndWrite } from './change-key.ts';
import type { KeyDependencies } from './dependencies.ts';

/** Gives a key another secret and shows it this once; where it has to wait, the secret made here is lost. */
export async function rotateKey(
  request: OperationRequest<typeof keySchemas.rotateKey>,
  dependencies: KeyDependencies,
): Promise<Answer> {
  const { body, occasion } = request;
  const { keyFormat, randomBytes } = dependencies;
  const mint = { keyFormat, randomBytes, pepper: await dependencies.pepper() };
  let shown = '';
  const answer = await decideAndWrite(
    { operation: 'rotateKey', body },
    request,
    dependencies,
    (key, tenant) => {
      const { text, secret } = mintSecret(key, mint);
      shown = text;
      return decide(key, tenant, { overlapSeconds: body.overlapSeconds, secret }, occasion);
    },
  );
  return answer.status === 200 ? { status: 200, body: { key: answer.body, secret: shown } } : answer;
}
