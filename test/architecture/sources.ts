import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

export const SOURCE_FOLDER = path.resolve(import.meta.dirname, "../../src");

/** `typeOnly`: erased when compiled. `lazy`: an `import()` that runs when it is reached. */
export type Import = { from: string; to: string; typeOnly: boolean; lazy: boolean };

export type Source = { file: string; text: string; imports: Import[]; tree: ts.SourceFile };

/** Every file of `src/`, named relative to it with `/`, with what it imports; a package keeps its name. */
export function readSources(): Source[] {
  return fs
    .readdirSync(SOURCE_FOLDER, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll(path.sep, "/"))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .sort()
    .map((file) => sourceOf(file, fs.readFileSync(path.join(SOURCE_FOLDER, file), "utf8")));
}

/** @param file name relative to `src/` */
export function sourceOf(file: string, text: string): Source {
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return { file, text, tree, imports: [...importsIn(tree, file)] };
}

function* importsIn(node: ts.Node, from: string): Generator<Import> {
  const found = importAt(node);
  if (found) yield { from, to: resolved(from, found.name), typeOnly: found.typeOnly, lazy: found.lazy };
  for (const child of childrenOf(node)) yield* importsIn(child, from);
}

function importAt(node: ts.Node): { name: string; typeOnly: boolean; lazy: boolean } | null {
  if (ts.isImportDeclaration(node))
    return { name: textOf(node.moduleSpecifier), typeOnly: isErased(node), lazy: false };
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    return { name: textOf(node.moduleSpecifier), typeOnly: node.isTypeOnly, lazy: false };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && node.arguments[0]) {
    return { name: textOf(node.arguments[0]), typeOnly: false, lazy: true };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return { name: textOf(node.argument.literal), typeOnly: true, lazy: false };
  }
  return null;
}

function isErased({ importClause }: ts.ImportDeclaration): boolean {
  if (!importClause) return false;
  if (importClause.isTypeOnly) return true;
  const named = importClause.namedBindings;
  const names = named && ts.isNamedImports(named) ? named.elements : [];
  return !importClause.name && names.length > 0 && names.every(({ isTypeOnly }) => isTypeOnly);
}

function resolved(from: string, name: string): string {
  if (!name.startsWith(".")) return name;
  return path.posix.join(path.posix.dirname(from), name).replace(/\.js$/, ".ts");
}

function textOf(node: ts.Node): string {
  return ts.isStringLiteralLike(node) ? node.text : "";
}

/** Every expression like `process.exit` in a file, as the words it is made of. */
export function memberExpressions({ tree }: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      found.push(`${node.expression.text}.${node.name.text}`);
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(tree);
  return found;
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}
