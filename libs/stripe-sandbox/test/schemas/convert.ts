import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Field, Fields, Schema, Schemas } from './schema.js';

const STRIPE_TYPES = fileURLToPath(
  new URL('../../../../node_modules/stripe/esm/stripe.esm.node.d.ts', import.meta.url),
);

/** Converts stripe-node's types of resources to schemas, by their `object`. */
export function convertStripeTypes(objects: ReadonlySet<string>): Schemas {
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: [],
  };
  const program = ts.createProgram([STRIPE_TYPES], options);
  return new Converter(program.getTypeChecker(), objects).convert(program);
}

class Converter {
  readonly #checker: ts.TypeChecker;
  readonly #objects: ReadonlySet<string>;
  readonly #names = new Map<ts.Type, string>();
  readonly #schemas: Schemas = { roots: {}, types: {} };

  constructor(checker: ts.TypeChecker, objects: ReadonlySet<string>) {
    this.#checker = checker;
    this.#objects = objects;
  }

  convert(program: ts.Program): Schemas {
    for (const file of program.getSourceFiles()) {
      if (!file.fileName.includes('/stripe/esm/resources/')) continue;
      for (const statement of file.statements) {
        if (ts.isInterfaceDeclaration(statement)) this.#addRoot(statement);
      }
    }
    return this.#schemas;
  }

  #addRoot(declaration: ts.InterfaceDeclaration): void {
    const type = this.#checker.getTypeAtLocation(declaration);
    const object = this.#objectOf(type);
    if (object === undefined || !this.#objects.has(object)) return;
    // Each event type has its own interface. The resource in an event is checked by its own `object`.
    if (object === 'event' && declaration.name.text !== 'EventBase') return;
    (this.#schemas.roots[object] ??= []).push(this.#nameOf(type));
  }

  /** The `object` of a resource's type. */
  #objectOf(type: ts.Type): string | undefined {
    const symbol = type.getProperty('object');
    const own = symbol && this.#checker.getTypeOfSymbol(symbol);
    return own?.isStringLiteral() ? own.value : undefined;
  }

  #nameOf(type: ts.Type): string {
    const known = this.#names.get(type);
    if (known !== undefined) return known;
    const name = `${type.symbol.name}#${this.#names.size}`;
    this.#names.set(type, name);
    this.#schemas.types[name] = {};
    const fields: Fields = {};
    for (const property of type.getProperties()) fields[property.name] = this.#fieldOf(property);
    this.#schemas.types[name] = fields;
    return name;
  }

  #fieldOf(property: ts.Symbol): Field {
    return {
      isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      schema: this.#schemaOf(this.#checker.getTypeOfSymbol(property)),
    };
  }

  #schemaOf(type: ts.Type): Schema {
    if (type.aliasSymbol?.name === 'Decimal') return { kind: 'decimal' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: 'literal', value: type.value };
    if (type.flags & ts.TypeFlags.BooleanLiteral) {
      return { kind: 'literal', value: this.#checker.typeToString(type) === 'true' };
    }
    const primitive = PRIMITIVES.find(([flag]) => type.flags & flag)?.[1];
    if (primitive) return { kind: primitive };
    if (type.isUnion()) return this.#unionOf(type);
    if (isOtherString(type)) return { kind: 'string' };
    if (this.#checker.isArrayType(type)) {
      return {
        kind: 'array',
        items: this.#schemaOf(this.#checker.getTypeArguments(type as ts.TypeReference)[0]!),
      };
    }
    return this.#objectSchemaOf(type);
  }

  #objectSchemaOf(type: ts.Type): Schema {
    const values = type.getStringIndexType();
    if (values) return { kind: 'map', values: this.#schemaOf(values) };
    if (type.getProperties().length === 0) return { kind: 'anything' };
    const name = this.#nameOf(type);
    if (this.#isUnknownResource(type)) this.#schemas.roots[this.#objectOf(type)!] ??= [name];
    return { kind: 'object', type: name };
  }

  #isUnknownResource(type: ts.Type): boolean {
    const object = this.#objectOf(type);
    return object !== undefined && object !== 'list' && !this.#objects.has(object);
  }

  /**
   * Open enums become closed, because the sandbox adds no values. References to resources that the sandbox does not
   * have become ids, because they cannot be expanded.
   */
  #unionOf({ types }: ts.UnionType): Schema {
    const isEnum = types.some((member) => member.isStringLiteral());
    const hasId = types.some((member) => member.flags & ts.TypeFlags.String);
    const members = types.filter(
      (member) => !(isEnum && isOtherString(member)) && !(hasId && this.#isUnknownResource(member)),
    );
    const of = members.map((member) => this.#schemaOf(member)).filter(({ kind }) => kind !== 'never');
    return of.length > 1 ? { kind: 'union', of } : (of[0] ?? { kind: 'never' });
  }
}

const PRIMITIVES = [
  [ts.TypeFlags.Any | ts.TypeFlags.Unknown, 'anything'],
  [ts.TypeFlags.String, 'string'],
  [ts.TypeFlags.Number, 'number'],
  [ts.TypeFlags.Boolean, 'boolean'],
  [ts.TypeFlags.Null, 'null'],
  [ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never, 'never'],
] as const;

/** Whether a type is stripe-node's mark of an open enum: `string & Record<never, never>`. */
function isOtherString(type: ts.Type): boolean {
  return type.isIntersection() && type.types.some((member) => (member.flags & ts.TypeFlags.String) !== 0);
}
