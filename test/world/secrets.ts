import {
  InvalidParameterException,
  ResourceExistsException,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';

interface Version {
  readonly id: string;
  readonly text: string;
  readonly stages: Set<string>;
  readonly createdAt: Date;
}

type Input = Readonly<Record<string, unknown>>;

const CURRENT = 'AWSCURRENT';

/** Secrets Manager, as far as Keywright asks it: versions with labels, of which each label is at one. */
export class Secrets {
  readonly #secrets = new Map<string, Version[]>();
  #versions = 0;

  put(name: string, text: string): void {
    this.#secrets.set(name, [this.#version(text, [CURRENT])]);
  }

  /** Everything that is kept, by name. */
  texts(): readonly (readonly [name: string, text: string])[] {
    return [...this.#secrets].flatMap(([name, versions]) =>
      versions.map(({ text }) => [name, text] as const),
    );
  }

  /** @throws the SDK's errors */
  answer(operation: string, input: Input): object {
    const name = String(input.SecretId ?? input.Name);
    switch (operation) {
      case 'GetSecretValue':
        return answerOf(this.#find(name, input));
      case 'DescribeSecret': {
        const stages = this.#versionsOf(name).map(({ id, stages }) => [id, [...stages]] as const);
        return { VersionIdsToStages: Object.fromEntries(stages) };
      }
      case 'PutSecretValue':
        return this.#putValue(name, input);
      case 'UpdateSecretVersionStage':
        return this.#move(name, input);
      default:
        throw new Error(`the world's Secrets Manager does not know ${operation}`);
    }
  }

  #putValue(name: string, input: Input): object {
    const versions = this.#versionsOf(name);
    const id = input.ClientRequestToken as string | undefined;
    if (versions.some((version) => version.id === id))
      throw failure(ResourceExistsException, 'it has a value');
    const stages = (input.VersionStages as string[] | undefined) ?? [CURRENT];
    for (const version of versions) for (const stage of stages) version.stages.delete(stage);
    const version = this.#version(String(input.SecretString), stages, id);
    versions.push(version);
    return { VersionId: version.id };
  }

  #move(name: string, { VersionStage, MoveToVersionId, RemoveFromVersionId }: Input): object {
    const stage = String(VersionStage);
    const versions = this.#versionsOf(name);
    const holder = versions.find(({ stages }) => stages.has(stage));
    const target = versions.find(({ id }) => id === MoveToVersionId);
    if (target === undefined || holder?.id !== RemoveFromVersionId) {
      throw failure(InvalidParameterException, 'the label is at another version');
    }
    holder?.stages.delete(stage);
    target.stages.add(stage);
    return {};
  }

  #find(name: string, { VersionId, VersionStage = CURRENT }: Input): Version {
    const found = this.#versionsOf(name).find(({ id, stages }) =>
      VersionId === undefined ? stages.has(String(VersionStage)) : id === VersionId,
    );
    if (found === undefined) throw failure(ResourceNotFoundException, 'there is no such version');
    return found;
  }

  #versionsOf(name: string): Version[] {
    const versions = this.#secrets.get(name);
    if (versions === undefined) throw failure(ResourceNotFoundException, 'there is no such secret');
    return versions;
  }

  #version(text: string, stages: readonly string[], id = `version-${++this.#versions}`): Version {
    return { id, text, stages: new Set(stages), createdAt: new Date() };
  }
}

function answerOf({ id, text, createdAt }: Version): object {
  return { SecretString: text, VersionId: id, CreatedDate: createdAt };
}

function failure(
  Kind: new (options: { message: string; $metadata: object }) => Error,
  message: string,
): Error {
  return new Kind({ message, $metadata: {} });
}
