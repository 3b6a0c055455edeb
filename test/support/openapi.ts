import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ActorKind } from '#core/actor.js';

/** The parts of a JSON Schema that `openapi.json` uses. */
export interface Schema {
  $ref?: string;
  type?: string;
  oneOf?: Schema[];
  enum?: string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema;
  items?: Schema;
  example?: unknown;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

interface OperationDocument {
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: {
    content: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>;
  };
  responses: Record<string, { content?: Record<string, unknown> }>;
}

interface Document {
  paths: Record<string, Record<string, OperationDocument>>;
  components: { schemas: Record<string, Schema> };
}

/** A route of `openapi.json`. */
export interface Operation {
  /** Such as `POST /partners/user/{user_id}/payment_intent`. */
  name: string;
  method: string;
  path: string;
  /** Who may use it, and with which scope; empty: no credential is needed. */
  callers: { kind: ActorKind; scope: string | undefined }[];
  parameters: Parameter[];
  body?: { schema: Schema; examples: unknown[] };
  /** The documented media types of each status; none if its body is empty. */
  responses: Record<string, string[]>;
}

const JSON_TYPE = 'application/json';

const document = JSON.parse(readFileSync('openapi.json', 'utf8')) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: false });
formats.default(ajv);
ajv.addSchema(document, 'responses');
// The service refuses fields that are not documented; the schemas do not say so.
ajv.addSchema(closed(document), 'requests');

/** All documented routes. */
export const OPERATIONS: Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => operationOf(path, method.toUpperCase(), operation)),
);

/** Resolves a reference to one of the document's schemas. */
export function resolve(schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const name = schema.$ref.slice('#/components/schemas/'.length);
  const resolved = document.components.schemas[name];
  if (!resolved) throw new Error(`openapi.json has no schema ${name}`);
  return resolved;
}

/** Validates a body against the documented schema of a response. */
export function responseValidator(
  { method, path }: Operation,
  status: number,
  mediaType: string,
): ValidateFunction {
  return validatorOf('responses', [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    mediaType,
    'schema',
  ]);
}

/** Validates a body against the documented schema of the request, without other fields. */
export function requestValidator({ method, path }: Operation): ValidateFunction {
  return validatorOf('requests', [
    'paths',
    path,
    method.toLowerCase(),
    'requestBody',
    'content',
    JSON_TYPE,
    'schema',
  ]);
}

const validators = new Map<string, ValidateFunction>();

function validatorOf(root: 'requests' | 'responses', pointer: readonly string[]): ValidateFunction {
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
  const $ref = `${root}#/${escaped.join('/')}`;
  const validator = validators.get($ref) ?? ajv.compile({ $ref });
  validators.set($ref, validator);
  return validator;
}

/** A copy in which objects have their documented properties only. */
function closed(root: Document): Document {
  const schemas = Object.entries(root.components.schemas).map(([name, schema]) => [
    name,
    schema.properties ? { ...schema, additionalProperties: false } : schema,
  ]);
  return { ...root, components: { schemas: Object.fromEntries(schemas) } };
}

function operationOf(path: string, method: string, operation: OperationDocument): Operation {
  const content = operation.requestBody?.content[JSON_TYPE];
  return {
    name: `${method} ${path}`,
    method,
    path,
    callers: (operation.security ?? []).flatMap((schemes) =>
      Object.entries(schemes).map(([kind, [scope]]) => ({ kind: kind as ActorKind, scope })),
    ),
    parameters: operation.parameters ?? [],
    ...(content && {
      body: {
        schema: content.schema,
        examples: Object.values(content.examples ?? {}).map(({ value }) => value),
      },
    }),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, response]) => [
        status,
        Object.keys(response.content ?? {}),
      ]),
    ),
  };
}
