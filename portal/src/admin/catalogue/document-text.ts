import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { KeywrightError } from '../../../../client/keywright-client.ts';

/** Something that is wrong with a document. */
export interface DocumentProblem {
  /** From 1; undefined where it can't be told. */
  readonly line: number | undefined;
  readonly message: string;
}

type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI document as somebody wrote it, in JSON or YAML. */
export interface DocumentText {
  /** Undefined for a text that is neither, or no object. */
  readonly body: Json | undefined;
  /** Why it can't be read. */
  readonly problems: readonly DocumentProblem[];
  /** The line of a place that a JSON pointer (RFC 6901) names, or of the nearest one around it that is there. */
  lineOf(pointer: string): number | undefined;
}

/** JSON is read as the YAML that it is, so that both have lines. */
export function readDocumentText(text: string): DocumentText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number | undefined) =>
    offset === undefined ? undefined : lines.linePos(offset).line;
  const lineOf = (pointer: string) => {
    let node: unknown = document.contents;
    let at = offsetOf(node);
    for (const name of namesOf(pointer)) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === name);
        if (pair === undefined) break;
        at = offsetOf(pair.key) ?? at;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(name)];
        at = offsetOf(node) ?? at;
      } else break;
    }
    return lineAt(at);
  };
  const problems = document.errors.map(({ message, pos }) => ({ line: lineAt(pos[0]), message }));
  if (problems.length > 0) return { body: undefined, problems, lineOf };
  const body: unknown = writtenOut(document);
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return { body: body as Json, problems, lineOf };
  const message = 'This is no OpenAPI document; expected an object with openapi, info and paths';
  return { body: undefined, problems: [{ line: 1, message }], lineOf };
}

/** What the API found wrong with a document, by the lines of its text; none for another kind of failure. */
export function problemsIn(text: DocumentText, error: Error | null): readonly DocumentProblem[] {
  if (!(error instanceof KeywrightError) || error.code !== 'invalid_request') return [];
  return error.details.map(({ param = '', message }) => {
    // A field of the first level is named as those of any body are.
    const pointer = param === '' || param.startsWith('/') ? param : `/${param}`;
    const place = namesOf(pointer).join(' › ');
    return { line: text.lineOf(pointer), message: param === '' ? message : message.replace(param, place) };
  });
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function namesOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Undefined for what names itself too often to be written out. */
function writtenOut(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
