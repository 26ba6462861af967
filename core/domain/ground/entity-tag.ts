import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { DomainError, type Fault } from './domain-error.ts';

/** A strong entity tag as it stands in a header, quotes and all (RFC 9110, 8.8.3); opaque to whoever gets it. */
export type EntityTag = string;

/** What a request with `If-Match` expects of what it changes: one of these tags, or that there is any. */
export type IfMatch = '*' | readonly EntityTag[];

/** Who made a change, when, and of what; as much of it as is known. */
export interface LastChange {
  readonly by: string;
  readonly at: string;
  readonly revision: number;
  /** Names of the fields that it changed; empty where it was no change of fields. */
  readonly fields: readonly string[];
  /** What it was, as its event's type says. */
  readonly what: string;
}

/** The tag of an item at a revision. */
export function tagOf({ revision }: { readonly revision: number }): EntityTag {
  return `"r${revision.toString(36)}"`;
}

/** The tag of a part of an item that others change beside it, by what it holds. */
export function tagOfContent(content: object): EntityTag {
  return `"c${createHash('sha256').update(canonicalJson(content)).digest('base64url').slice(0, 22)}"`;
}

/** entity-tag = [ weak ] opaque-tag (RFC 9110, 8.8.3), of ASCII, as all tags from here are. */
const TAG = /(W\/)?("[!\x23-\x7e]*")/;
const A_TAG = TAG.source;

/**
 * What an `If-Match` may be (RFC 9110, 13.1.1): `*`, or a list of tags, in which empty elements count for nothing
 * (5.6.1.2). As a pattern, so that the OpenAPI document says what is read here.
 */
export const IF_MATCH_PATTERN = `^([ \\t]*\\*[ \\t]*|[ \\t,]*${A_TAG}([ \\t]*,[ \\t,]*${A_TAG})*[ \\t]*(,[ \\t,]*)?)$`;
const IF_MATCH = new RegExp(IF_MATCH_PATTERN);

/**
 * Reads an `If-Match`. It compares strongly, so weak tags are left out: none matches.
 * @throws DomainError `invalid_request` for what is neither `*` nor a list of tags
 */
export function readIfMatch(value: string): IfMatch {
  if (!IF_MATCH.test(value)) throw malformed();
  const tags = [...value.matchAll(new RegExp(TAG, 'g'))];
  if (tags.length === 0) return '*';
  return tags.flatMap(([, weak, tag = '']) => (weak === undefined ? [tag] : []));
}

function malformed(): DomainError {
  return new DomainError(
    'invalid_request',
    'An If-Match is * or one or more tags in quotes, as an ETag header had them',
    { param: 'If-Match' },
  );
}

/**
 * Holds a change up that was decided on by what is no longer so.
 * @param tag of what is to be changed, as it is now; undefined where there is none
 * @param last its last change, where that is known
 * @throws DomainError `precondition_failed`, with what is known of the change in between
 */
export function requireMatch(
  ifMatch: IfMatch | undefined,
  tag: EntityTag | undefined,
  last: LastChange | undefined,
): void {
  if (ifMatch === undefined) return;
  if (tag === undefined) {
    throw new DomainError('precondition_failed', 'This is not there, so no If-Match fits it; leave it out', {
      param: 'If-Match',
    });
  }
  if (ifMatch === '*' || ifMatch.includes(tag)) return;
  throw new DomainError(
    'precondition_failed',
    'This is not as the If-Match says, so nothing was done; read it again and repeat what is still to do',
    { param: 'If-Match', ...(last && { details: told(last, ifMatch) }) },
  );
}

function told({ by, at, fields, what, revision }: LastChange, ifMatch: readonly EntityTag[]): Fault[] {
  const who = { changedBy: by, changedAt: at };
  const details: Fault[] =
    fields.length === 0
      ? [{ message: `${what} came in between`, ...who }]
      : fields.map((param) => ({ param, message: `${param} was changed`, ...who }));
  if (ifMatch.includes(tagOf({ revision: revision - 1 }))) return details;
  return [...details, { message: 'Earlier changes may have come in between too: GET /v1/audit has them' }];
}
