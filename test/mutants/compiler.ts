import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Tells of a changed file whether the compiler takes it: what it refuses needs no test. */
export class Compiler {
  readonly #root: string;
  readonly #changed = new Map<string, { text: string; version: number }>();
  readonly #service: ts.LanguageService;

  constructor(root: string) {
    this.#root = root;
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
    this.#service = ts.createLanguageService({
      fileExists: ts.sys.fileExists,
      readFile: ts.sys.readFile,
      readDirectory: ts.sys.readDirectory,
      directoryExists: ts.sys.directoryExists,
      getDirectories: ts.sys.getDirectories,
      getCompilationSettings: () => ({ ...options, noUnusedLocals: false, noUnusedParameters: false }),
      getScriptFileNames: () => fileNames,
      getScriptVersion: (path) => String(this.#changed.get(path)?.version ?? 0),
      getScriptSnapshot: (path) => {
        const text = this.#changed.get(path)?.text ?? ts.sys.readFile(path);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: ts.getDefaultLibFilePath,
    });
  }

  /** Whether the file compiles with this text; what becomes of others that use it is not asked. */
  accepts(file: string, text: string): boolean {
    const path = join(this.#root, file);
    this.#set(path, text);
    const faults = [
      ...this.#service.getSyntacticDiagnostics(path),
      ...this.#service.getSemanticDiagnostics(path),
    ];
    this.#set(path, readFileSync(path, 'utf8'));
    return faults.length === 0;
  }

  #set(path: string, text: string): void {
    this.#changed.set(path, { text, version: (this.#changed.get(path)?.version ?? 0) + 1 });
  }
}
