import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A line of a file, from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** Where the names of top-level declarations are used. */
interface FileNames {
  /** Each top-level statement's lines and the names that it declares. */
  readonly declared: readonly {
    readonly from: number;
    readonly to: number;
    readonly names: readonly string[];
  }[];
  /** Those of them that other files may use. */
  readonly exported: ReadonlySet<string>;
  /** Lines on which a name is used within a function. */
  readonly inFunctions: ReadonlyMap<string, readonly number[]>;
  /** Names that the declarations of others are made from. */
  readonly inDeclarations: ReadonlyMap<string, readonly string[]>;
}

const NO_NAMES: FileNames = {
  declared: [],
  exported: new Set(),
  inFunctions: new Map(),
  inDeclarations: new Map(),
};

/**
 * Follows what runs only while a module is loaded, such as a constant, to the lines that use it: nearly
 * every test file loads it, few would notice that it is another.
 */
export class Uses {
  readonly #files: ReadonlyMap<string, FileNames>;

  constructor(root: string, files: readonly string[]) {
    this.#files = new Map(files.map((file) => [file, namesOf(file, readFileSync(join(root, file), 'utf8'))]));
  }

  /** The lines that a change of this line is noticed by: itself, unless it is a top-level declaration's. */
  of({ file, line }: Place): Place[] {
    const declaration = this.#files.get(file)?.declared.find(({ from, to }) => from <= line && line <= to);
    if (declaration === undefined) return [{ file, line }];
    const places: Place[] = [];
    const seen = new Set<string>();
    const follow = (owner: string, name: string) => {
      if (seen.has(`${owner} ${name}`)) return;
      seen.add(`${owner} ${name}`);
      const isExported = this.#files.get(owner)?.exported.has(name) ?? false;
      for (const user of isExported ? this.#files.keys() : [owner]) {
        const { inFunctions, inDeclarations } = this.#files.get(user) ?? NO_NAMES;
        for (const used of inFunctions.get(name) ?? []) places.push({ file: user, line: used });
        for (const other of inDeclarations.get(name) ?? []) follow(user, other);
      }
    };
    for (const name of declaration.names) follow(file, name);
    return places.length === 0 ? [{ file, line }] : places;
  }
}

function namesOf(file: string, text: string): FileNames {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineOf = (offset: number) => source.getLineAndCharacterOfPosition(offset).line + 1;
  const declared: { from: number; to: number; names: string[] }[] = [];
  const exported = new Set<string>();
  const inFunctions = new Map<string, number[]>();
  const inDeclarations = new Map<string, string[]>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) continue;
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText(source))
      : [];
    if (names.length > 0 && !isFunction(statement as ts.VariableStatement))
      declared.push({ from: lineOf(statement.getStart(source)), to: lineOf(statement.end), names });
    if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport))
      for (const name of names) exported.add(name);
    const visit = (node: ts.Node, isWithin: boolean): void => {
      if (ts.isIdentifier(node)) {
        if (isWithin || names.length === 0) add(inFunctions, node.text, lineOf(node.getStart(source)));
        else for (const name of names) add(inDeclarations, node.text, name);
      }
      ts.forEachChild(node, (child) => visit(child, isWithin || ts.isFunctionLike(node)));
    };
    visit(statement, false);
  }
  return { declared, exported, inFunctions, inDeclarations };
}

function isExport({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.ExportKeyword;
}

/** Whether a constant is a function's name, whose lines tell for themselves whether they ran. */
function isFunction({ declarationList }: ts.VariableStatement): boolean {
  return declarationList.declarations.every(
    ({ initializer }) => initializer !== undefined && ts.isFunctionLike(initializer),
  );
}

function add<Value>(map: Map<string, Value[]>, name: string, value: Value): void {
  map.set(name, [...(map.get(name) ?? []), value]);
}
