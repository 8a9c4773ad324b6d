import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * The declarations of the library. What the protocol derives from its zod schemas is written out, so that whoever uses the library needs no
 * zod: a type that TypeScript knows of a schema is put in the place of `z.infer` and `z.input`, and the schemas are left out.
 *
 * @returns each declaration file's path beside its source, and its text. Throws when the library does not compile.
 */
export function libraryTypes(root, entries) {
  const config = ts.parseJsonConfigFileContent(
    ts.parseConfigFileTextToJson('tsconfig.json', readFileSync(join(root, 'client/tsconfig.json'), 'utf8'))
      .config,
    ts.sys,
    join(root, 'client'),
  );
  const program = ts.createProgram(entries, {
    ...config.options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    types: [],
  });
  const faults = ts.getPreEmitDiagnostics(program);
  if (faults.length > 0) throw new Error(ts.formatDiagnostics(faults, ts.createCompilerHost({})));
  const files = [];
  program.emit(undefined, (path, text, _bom, _fail, [source] = []) => {
    files.push([path, text.includes("from 'zod'") ? withoutZod(program, source, text) : text]);
  });
  return files;
}

function withoutZod(program, source, text) {
  const checker = program.getTypeChecker();
  const exported = new Map(
    checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((symbol) => [symbol.name, symbol]),
  );
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
  const declared = ts.createSourceFile('declared.d.ts', text, ts.ScriptTarget.Latest, true);
  const kept = declared.statements.filter(
    (statement) => !ts.isImportDeclaration(statement) || statement.moduleSpecifier.getText() !== "'zod'",
  );
  const isSchema = (statement) => ts.isVariableStatement(statement) && /\bz\./.test(statement.getText());
  const written = kept
    .filter((statement) => !isSchema(statement))
    .map((statement) => {
      if (!ts.isTypeAliasDeclaration(statement) || !statement.type.getText().startsWith('z.'))
        return statement.getFullText();
      const type = checker.getDeclaredTypeOfSymbol(exported.get(statement.name.text));
      return `\nexport type ${statement.name.text} = ${checker.typeToString(type, undefined, flags)};`;
    });
  const json = 'type Json = string | number | boolean | null | Json[] | { [key: string]: Json };\n';
  const result = json + written.join('').replaceAll(/(?:z\.core\.)?(?:util\.)?JSONType/g, 'Json') + '\n';
  // Whoever has no zod would read such a type as `any`.
  if (/\bz\.\w/.test(result)) throw new Error(`zod is left in the declarations of ${source.fileName}`);
  return result;
}
