// Reads stripe-node's types: which fields of a resource can be expanded, and which parameters each route takes.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../node_modules/stripe/esm/stripe.esm.node.d.ts', import.meta.url));

const program = ts.createProgram([ROOT], {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  types: [],
});
const checker = program.getTypeChecker();
const files = program.getSourceFiles().filter(({ fileName }) => fileName.includes('/stripe/esm/resources/'));

/** The types that a field or a parameter may have, without null and undefined. */
const membersOf = (type) =>
  (type.isUnion() ? type.types : [type]).filter(
    ({ flags }) => !(flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined | ts.TypeFlags.Void)),
  );

/** The value of a type's `object` field: `customer`, `list`. */
function objectOf(type) {
  const symbol = type.getProperty('object');
  const own = symbol && checker.getTypeOfSymbol(symbol);
  return own?.isStringLiteral() ? own.value : undefined;
}

const byText = (a, b) => (a < b ? -1 : 1);

const isText = (type) => (type.flags & ts.TypeFlags.StringLike) !== 0;
const isStructure = (type) => (type.flags & ts.TypeFlags.Object) !== 0 && type.symbol?.name !== 'Decimal';

/** Whether a structure is one of Stripe's, rather than a map. */
const isOwn = ({ symbol }) => symbol?.declarations?.some((each) => ts.isInterfaceDeclaration(each));

/**
 * The expandable fields of a resource by their dotted path, without arrays and lists: the types of objects that an id
 * may refer to, or `list` for a list that a response contains only if it is asked for. Other structures that a response
 * may contain are left out, because the types do not say which of them can be asked for.
 */
function expandableOf(type, path = '', found = {}) {
  for (const property of type.getProperties()) {
    const name = path + property.name;
    const members = membersOf(checker.getTypeOfSymbol(property)).map((member) =>
      checker.isArrayType(member) ? checker.getTypeArguments(member)[0] : member,
    );
    const inner = members.flatMap((member) => membersOf(member));
    const structures = inner.filter(isStructure);
    const objects = structures.flatMap((each) => objectOf(each) ?? []);
    const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
    if (inner.some(isText) && objects.length > 0) {
      found[name] = [...new Set(objects)].toSorted(byText);
    } else if (isOptional && objects.includes('list')) {
      found[name] = 'list';
    }
    for (const structure of structures) {
      if (objectOf(structure) === undefined && isOwn(structure) && name.split('.').length < 4) {
        expandableOf(structure, `${name}.`, found);
      }
    }
  }
  return found;
}

/** The expandable fields of the resources with these `object` fields. */
export function expandableFields(objects) {
  const result = {};
  for (const statement of files.flatMap(({ statements }) => statements)) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text.startsWith('Deleted')) continue;
    const type = checker.getTypeAtLocation(statement);
    const object = objectOf(type);
    if (object === undefined || !objects.has(object) || object === 'event' || result[object]) continue;
    const fields = Object.entries(expandableOf(type)).toSorted(([a], [b]) => byText(a, b));
    result[object] = Object.fromEntries(fields);
  }
  return Object.fromEntries(Object.entries(result).toSorted(([a], [b]) => byText(a, b)));
}

/** The parameters of a route that is called by this method of a class. */
function paramsOf(method) {
  const parameter = method.parameters.find(({ name }) => name.text === 'params');
  if (!parameter) return [];
  const types = membersOf(checker.getTypeAtLocation(parameter));
  const names = types.flatMap((type) => type.getProperties().map(({ name }) => name));
  return [...new Set(names)].filter((name) => name !== 'expand').toSorted(byText);
}

/** By route, such as `POST /v1/customers/:id`, the parameters that stripe-node's types have. */
export function routeParams() {
  const routes = new Map();
  for (const file of files) {
    const source = readFileSync(file.fileName.replace(/\.d\.ts$/, '.js'), 'utf8');
    const calls = source.matchAll(
      /^ {4}(\w+)\([^)]*\) \{\n\s+return this\._makeRequest\('(\w+)', [`'](.+?)[`']/gm,
    );
    const methods = new Map();
    for (const statement of file.statements.filter(ts.isClassDeclaration)) {
      for (const member of statement.members) methods.set(member.name?.text, member);
    }
    for (const [, name, verb, path] of calls) {
      const route = `${verb} ${path.replaceAll(/\$\{encodeURIComponent\(\w+\)\}/g, ':id')}`;
      if (methods.has(name)) routes.set(route, paramsOf(methods.get(name)));
    }
  }
  return routes;
}
