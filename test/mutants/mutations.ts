import ts from 'typescript';

/** One small change of a program's text that a test should notice. */
export interface Mutation {
  /** Path from the project's folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Offsets of what is replaced, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** What kind of change it is, in a few words. */
  readonly kind: string;
}

/** Where one node may be changed, and into what. */
interface Change {
  readonly node: ts.Node;
  readonly replacement: string;
  readonly kind: string;
}

const { SyntaxKind: Kind } = ts;

const BINARY: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [Kind.LessThanToken, ['<=', '>=']],
  [Kind.LessThanEqualsToken, ['<', '>']],
  [Kind.GreaterThanToken, ['>=', '<=']],
  [Kind.GreaterThanEqualsToken, ['>', '<']],
  [Kind.EqualsEqualsEqualsToken, ['!==']],
  [Kind.ExclamationEqualsEqualsToken, ['===']],
  [Kind.PlusToken, ['-']],
  [Kind.MinusToken, ['+']],
  [Kind.AsteriskToken, ['/']],
  [Kind.SlashToken, ['*']],
  [Kind.PercentToken, ['*']],
  [Kind.AmpersandAmpersandToken, ['||']],
  [Kind.BarBarToken, ['&&']],
  [Kind.PlusEqualsToken, ['-=']],
  [Kind.MinusEqualsToken, ['+=']],
  [Kind.QuestionQuestionEqualsToken, ['=']],
]);

/** Methods whose brother would be as plausible; an empty name drops the call and keeps what it was made on. */
const METHODS: Readonly<Record<string, string>> = {
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  filter: '',
  slice: '',
  sort: '',
  toSorted: '',
  reverse: '',
  trim: '',
  toLowerCase: '',
  toUpperCase: '',
  normalize: '',
};

/** Properties that are texts for people, whose words no test should hold. */
const PROSE = /^(description|.*Description|message|reason|title|summary|label)$/;

/**
 * Every mutation of a file's text. Left alone are types, imports, and texts that only people read.
 * @param file path from the project's folder
 */
export function mutationsOf(file: string, text: string): Mutation[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = new Map<string, Mutation>();
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node)) return;
    for (const { node: changed, replacement, kind } of changesOf(node, source)) {
      const start = changed.getStart(source);
      const end = changed.getEnd();
      if (text.slice(start, end) === replacement) continue;
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      found.set(`${start} ${end} ${replacement}`, { file, line, start, end, replacement, kind });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found.values()];
}

function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isThrowStatement(node)) return false;
  // What an error says is for people; that it is thrown is not.
  if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) return true;
  return ts.isPropertyAssignment(node) && PROSE.test(node.name.getText());
}

function changesOf(node: ts.Node, source: ts.SourceFile): Change[] {
  return [
    ...operatorChanges(node, source),
    ...conditionChanges(node, source),
    ...statementChanges(node),
    ...literalChanges(node),
    ...callChanges(node, source),
    ...partChanges(node, source),
  ];
}

function operatorChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  if (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken)
    return [{ node, replacement: node.operand.getText(source), kind: 'negation dropped' }];
  if (!ts.isBinaryExpression(node)) return [];
  const { left, right, operatorToken } = node;
  if (operatorToken.kind === Kind.QuestionQuestionToken)
    return [{ node, replacement: left.getText(source), kind: 'fallback dropped' }];
  const joinsText = operatorToken.kind === Kind.PlusToken && [left, right].some(isText);
  const others = joinsText ? [] : (BINARY.get(operatorToken.kind) ?? []);
  return others.map((replacement) => ({ node: operatorToken, replacement, kind: 'operator swapped' }));
}

function conditionChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  const condition =
    ts.isIfStatement(node) || ts.isWhileStatement(node)
      ? node.expression
      : ts.isConditionalExpression(node)
        ? node.condition
        : undefined;
  if (condition === undefined) return [];
  // A loop without an end says nothing about the tests.
  const answers = ts.isWhileStatement(node) ? ['false'] : ['true', 'false'];
  const fixed = answers.map((replacement) => ({ node: condition, replacement, kind: 'condition fixed' }));
  const operands =
    ts.isBinaryExpression(condition) && condition.operatorToken.kind === Kind.AmpersandAmpersandToken
      ? [condition.left, condition.right]
      : [];
  const halved = operands.map((operand) => ({
    node: condition,
    replacement: operand.getText(source),
    kind: 'half of a condition dropped',
  }));
  return [...fixed, ...halved];
}

function statementChanges(node: ts.Node): Change[] {
  if (ts.isExpressionStatement(node) && !ts.isStringLiteral(node.expression)) {
    const isSuper =
      ts.isCallExpression(node.expression) && node.expression.expression.kind === Kind.SuperKeyword;
    return isSuper ? [] : [{ node, replacement: ';', kind: 'statement removed' }];
  }
  if (ts.isThrowStatement(node) || ts.isContinueStatement(node) || ts.isBreakStatement(node))
    return [{ node, replacement: ';', kind: 'statement removed' }];
  return [];
}

function literalChanges(node: ts.Node): Change[] {
  if (node.kind === Kind.TrueKeyword) return [{ node, replacement: 'false', kind: 'truth swapped' }];
  if (node.kind === Kind.FalseKeyword) return [{ node, replacement: 'true', kind: 'truth swapped' }];
  if (ts.isNumericLiteral(node)) return numberChanges(node);
  if (ts.isRegularExpressionLiteral(node)) return patternChanges(node);
  const isName =
    node.parent !== undefined && ts.isPropertyAssignment(node.parent) && node.parent.name === node;
  if (isText(node) && !isName && node.getText().length > 2)
    return [{ node, replacement: "''", kind: 'text emptied' }];
  return [];
}

function numberChanges(node: ts.NumericLiteral): Change[] {
  const value = Number(node.text);
  const others = value > 10 ? [value + 1, value * 1000, Math.floor(value / 10)] : [value + 1];
  return others.map((other) => ({ node, replacement: String(other), kind: 'number changed' }));
}

function patternChanges(node: ts.RegularExpressionLiteral): Change[] {
  const unanchored = [node.text.replace(/^\/\^/, '/'), node.text.replace(/\$(\/[a-z]*)$/, '$1')];
  return unanchored.map((replacement) => ({ node, replacement, kind: 'anchor dropped' }));
}

function callChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  if (ts.isAwaitExpression(node))
    return [{ node, replacement: node.expression.getText(source), kind: 'await dropped' }];
  if (ts.isPropertyAccessExpression(node) && node.questionDotToken !== undefined)
    return [{ node: node.questionDotToken, replacement: '.', kind: 'optional chain dropped' }];
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  const brother = Object.hasOwn(METHODS, name.text) ? METHODS[name.text] : undefined;
  if (brother === undefined) return [];
  return brother === ''
    ? [{ node, replacement: expression.getText(source), kind: 'call dropped' }]
    : [{ node: name, replacement: brother, kind: 'method swapped' }];
}

/** A property left out of an object, an element left out of an array. */
function partChanges(node: ts.Node, source: ts.SourceFile): Change[] {
  const parts: readonly ts.Node[] = ts.isObjectLiteralExpression(node)
    ? node.properties
    : ts.isArrayLiteralExpression(node)
      ? node.elements
      : [];
  const [open, close] = ts.isObjectLiteralExpression(node) ? '{}' : '[]';
  return parts.map((part) => {
    const rest = parts.filter((other) => other !== part).map((other) => other.getText(source));
    return { node, replacement: `${open}${rest.join(', ')}${close}`, kind: 'part left out' };
  });
}

function isText(node: ts.Node): boolean {
  return (
    ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node)
  );
}
