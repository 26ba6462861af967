import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import type { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { keysIn } from '../../core/domain/keys/key-search.ts';
import type { LeakSource } from '../../core/domain/security/leak.ts';
import { holdsKey } from '../../core/management/carried-key.ts';
import { invalidInput } from '../../core/management/input-faults.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { parseJson } from '../../core/management/request-reader.ts';
import { githubMatch, githubMatches, type leakSchemas } from '../../core/management/schemas/leak-schemas.ts';
import type { LeakDependencies } from './dependencies.ts';
import { endLeaked } from './end-leaked.ts';

type Match = z.output<typeof githubMatch>;

/**
 * Matches of the registered patterns that GitHub found in public places, signed by GitHub over the bytes of
 * the body. The answer says of each what it was, with the token's hash, since GitHub keeps answers. Nothing
 * is said of a match that is not as GitHub describes them.
 * @see https://docs.github.com/en/code-security/secret-scanning/secret-scanning-partnership-program/secret-scanning-partner-program
 */
export async function reportFromGitHub(
  request: OperationRequest<typeof leakSchemas.reportLeaksFromGitHub>,
  dependencies: LeakDependencies,
): Promise<Answer> {
  const { bytes, headers } = request.raw;
  const identifier = headers['github-public-key-identifier'];
  const signature = headers['github-public-key-signature'];
  if (identifier === undefined || signature === undefined) {
    throw new DomainError(
      'forbidden',
      'A report needs the headers Github-Public-Key-Identifier and Github-Public-Key-Signature',
    );
  }
  if (!(await dependencies.githubKeys.verify(bytes, identifier, signature))) {
    throw new DomainError('forbidden', 'The signature is not one of GitHub’s over this body, byte for byte');
  }
  const matches = readMatches(bytes);
  const leaks = matches.map((match) => ({
    text: match.token,
    source: sourceOf(match, dependencies.keyFormat),
  }));
  // The address is GitHub's, which tells nobody anything.
  const from = { requestId: request.requestId, sourceIp: undefined };
  const outcomes = await endLeaked(leaks, from, dependencies);
  return {
    status: 200,
    body: matches.flatMap(({ token, type }, i) => {
      const outcome = outcomes[i] ?? 'unknown';
      // A key that is meant to be seen is neither a find nor a mistake; of one that failed nothing is known.
      if (outcome === 'public' || outcome === 'failed') return [];
      const label = outcome === 'unknown' ? 'false_positive' : 'true_positive';
      return [{ token_hash: createHash('sha256').update(token).digest('hex'), token_type: type, label }];
    }),
  };
}

/**
 * Those of the matches that are as GitHub describes them.
 * @throws DomainError `invalid_request` where none of them is
 */
function readMatches(bytes: Buffer): Match[] {
  const sent = parseJson(githubMatches, bytes.toString());
  const read = sent.map((match) => githubMatch.safeParse(match));
  const [first] = read;
  if (first?.error !== undefined && !read.some(({ success }) => success)) throw invalidInput(first.error);
  return read.flatMap(({ data }) => data ?? []);
}

function sourceOf({ url, source }: Match, format: KeyFormat): LeakSource {
  const place = source && withoutKeys(source, format);
  const found = url && withoutKeys(url, format);
  return { by: 'github', ...(found && { url: found }), ...(place && { place }) };
}

/** A path can hold a key, the one that was found or another; where it is spelled otherwise there, nothing is kept. */
function withoutKeys(text: string, format: KeyFormat): string | undefined {
  const struck = keysIn(text, format).reduce((left, key) => left.replaceAll(key.text, '…'), text);
  return holdsKey(struck, format) ? undefined : struck;
}
