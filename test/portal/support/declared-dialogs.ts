import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as typescript from 'typescript';
import { PROJECT } from '../../support/local-server.ts';

const ts = loadOnce<typeof typescript>('typescript');

/** A dialog as the portal's source declares it. */
export interface DeclaredDialog {
  /** The component that shows it, and what it is built of: `RotateDialog RevealDialog`. */
  readonly name: string;
  /** All that its title can be, with `…` for what the source leaves open: `Role of …`. */
  readonly titles: readonly string[];
}

/** Whether a title is one that the source declares so. */
export function isTitle(declared: string, shown: string): boolean {
  return new RegExp(`^${declared.split(ANY).map(RegExp.escape).join('.+')}$`).test(shown);
}

const ANY = '…';

type Element = typescript.JsxOpeningElement | typescript.JsxSelfClosingElement;

/**
 * Every dialog of both doors, by the portal's source. What a dialog is built of hands its title on, and is none itself.
 */
export function declaredDialogs(): DeclaredDialog[] {
  const elements = globSync('portal/src/**/*.tsx', { cwd: PROJECT }).flatMap(elementsOf);
  const builders = new Set(['Modal']);
  const declared = new Map<string, string[]>();
  // What is built of a builder may be one too: as long as there are more, look again.
  for (let before = 0; before < builders.size; ) {
    before = builders.size;
    declared.clear();
    for (const element of elements) {
      const tag = element.tagName.getText();
      if (!builders.has(tag)) continue;
      const title = titleOf(element);
      const within = componentAround(element);
      if (isHandedOn(title)) builders.add(within);
      else declared.set(`${within} ${tag}`, [...(declared.get(`${within} ${tag}`) ?? []), ...textsOf(title)]);
    }
  }
  return [...declared].map(([name, titles]) => ({ name, titles })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function elementsOf(path: string): Element[] {
  const text = readFileSync(join(PROJECT, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: Element[] = [];
  const visit = (node: typescript.Node): void => {
    if (ts.isJsxOpeningElement(node) || ts.isJsxSelfClosingElement(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The expression of `header` of a Modal, or of `title` of what is built of one. */
function titleOf(element: Element): typescript.Expression {
  for (const attribute of element.attributes.properties) {
    if (!ts.isJsxAttribute(attribute) || !['header', 'title'].includes(attribute.name.getText())) continue;
    const { initializer } = attribute;
    if (initializer && ts.isStringLiteral(initializer)) return initializer;
    if (initializer && ts.isJsxExpression(initializer) && initializer.expression)
      return initializer.expression;
  }
  throw new Error(`${element.getSourceFile().fileName}: a dialog without a title: ${element.getText()}`);
}

function componentAround(node: typescript.Node): string {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at) && at.name) return at.name.text;
  }
  throw new Error(`${node.getSourceFile().fileName}: a dialog outside of every component`);
}

/** Whether it is what the component was given: a name that the component does not make itself. */
function isHandedOn(title: typescript.Expression): boolean {
  return ts.isIdentifier(title) && title.text === 'title' && madeHere(title) === undefined;
}

/** What a name stands for within its component. */
function madeHere(name: typescript.Identifier): typescript.Expression | undefined {
  let made: typescript.Expression | undefined;
  const visit = (node: typescript.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.name.text === name.text)
      made = node.initializer;
    ts.forEachChild(node, visit);
  };
  for (let at: typescript.Node = name; at !== undefined; at = at.parent) {
    if (ts.isFunctionDeclaration(at)) visit(at);
  }
  return made;
}

/** The texts that an expression can come to. */
function textsOf(expression: typescript.Expression): string[] {
  if (ts.isAsExpression(expression)) return textsOf(expression.expression);
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isConditionalExpression(expression))
    return [...textsOf(expression.whenTrue), ...textsOf(expression.whenFalse)];
  if (ts.isObjectLiteralExpression(expression))
    return expression.properties.flatMap((each) =>
      ts.isPropertyAssignment(each) ? textsOf(each.initializer) : [ANY],
    );
  if (ts.isElementAccessExpression(expression)) return textsOf(expression.expression);
  if (ts.isIdentifier(expression)) {
    const made = madeHere(expression);
    return made ? textsOf(made) : [ANY];
  }
  if (ts.isTemplateExpression(expression)) {
    return expression.templateSpans.reduce(
      (texts, span) =>
        texts.flatMap((text) => textsOf(span.expression).map((inner) => text + inner + span.literal.text)),
      [expression.head.text],
    );
  }
  return [ANY];
}
