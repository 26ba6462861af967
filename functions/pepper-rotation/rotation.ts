import { randomBytes } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CURRENT,
  PENDING,
  RotatingSecret,
  type RotationEvent,
  unknownStep,
} from '../../core/aws/rotating-secret.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';

/** The secret's JSON: `{"current":"v2","v1":"…","v2":"…"}`. */
type PepperFields = { readonly current: string; readonly [version: string]: string };

/**
 * One step of a rotation that adds a version to the pepper and makes it current. All versions before it
 * stay, since stored digests name the version that they were made under.
 * Every step can be repeated, and a rotation that was interrupted can be followed by another.
 */
export async function rotate(client: SecretsManagerClient, event: RotationEvent): Promise<void> {
  const secret = new RotatingSecret(client, event);
  switch (event.Step) {
    case 'createSecret':
      return createSecret(secret);
    case 'setSecret':
      // The pepper is used by reading it; there is no other system to tell.
      return;
    case 'testSecret':
      return testSecret(secret, event);
    case 'finishSecret':
      return finishSecret(secret, event);
    default:
      throw unknownStep(event.Step);
  }
}

async function createSecret(secret: RotatingSecret): Promise<void> {
  if ((await secret.own()) !== undefined) return;
  await secret.storePending(withNewVersion(pepperFields(await secret.current())));
}

async function testSecret(
  secret: RotatingSecret,
  { ClientRequestToken: token }: RotationEvent,
): Promise<void> {
  const own = await secret.own();
  if (own === undefined) throw new Error(`Version ${token} has no value to test.`);
  const pending = pepperFields(own);
  const pepper = Pepper.parse(own);
  const probe = 'the text of no key';
  if (!pepper.verifies(probe, pepper.digest(probe))) {
    throw new Error('A digest made under the pending pepper does not verify.');
  }
  assertKeepsVersions(pepperFields(await secret.current()), pending);
}

async function finishSecret(secret: RotatingSecret, event: RotationEvent): Promise<void> {
  const { ClientRequestToken: token } = event;
  const versions = await secret.versions();
  if (versions[token]?.includes(CURRENT)) return;
  if (!versions[token]?.includes(PENDING)) {
    throw new Error(
      `Version ${token} is not ${PENDING}; another rotation took its place, and this one must not end.`,
    );
  }
  await testSecret(secret, event);
  // As they were before the test: of a version that became current meanwhile none may be lost.
  await secret.makeCurrent(versions);
}

function withNewVersion(current: PepperFields): PepperFields {
  const numbers = Object.keys(current)
    .filter((name) => name !== 'current')
    .map((name) => Number(name.slice(1)));
  const version = `v${Math.max(0, ...numbers) + 1}`;
  return { ...current, current: version, [version]: randomBytes(48).toString('base64url') };
}

function assertKeepsVersions(current: PepperFields, pending: PepperFields): void {
  const lost = Object.keys(current).filter((name) => name !== 'current' && pending[name] !== current[name]);
  if (lost.length > 0) {
    throw new Error(
      `The pending pepper lacks ${lost.join(', ')} of the current one; keys made under it would stop working.`,
    );
  }
}

/** @throws TypeError when it is not a pepper */
function pepperFields(json: string | undefined): PepperFields {
  Pepper.parse(json ?? '');
  return JSON.parse(json ?? '') as PepperFields;
}
