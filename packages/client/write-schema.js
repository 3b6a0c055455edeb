// Writes src/generated from openapi.json: the types of all routes, and the routes that take an Idempotency-Key.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const document = JSON.parse(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'));
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** The fields that only some problems have. */
const FIELDS = {
  'card-declined': ['declineCode', 'advice', 'paymentId', 'confirm_url'],
  'authentication-required': ['paymentId', 'clientSecret', 'confirm_url'],
  'already-started': ['paymentId'],
  'already-subscribed': ['subscriptionId'],
  'provider-refused': ['providerCode'],
  forbidden: ['requiredScope'],
  'limit-exceeded': ['limit', 'freeAt'],
};
const COMMON = [
  'title',
  'detail',
  'instance',
  'retryable',
  'operationId',
  'errors',
  'scheduleReleased',
  'closedPages',
];

/** One schema for each problem that a route documents, so that `type` tells which fields there are. */
function problemSchema({ properties, required }) {
  const known = new Set(['type', 'status', ...COMMON, ...Object.values(FIELDS).flat()]);
  const unknown = Object.keys(properties).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`which problems have ${unknown.join(', ')}? Add them to FIELDS.`);
  const responses = operations.flatMap(({ operation }) => Object.values(operation.responses));
  const examples = responses.flatMap(({ content }) =>
    Object.values(content?.['application/problem+json']?.examples ?? {}),
  );
  const statuses = new Map(examples.map(({ value: { type, status } }) => [type, status]));
  const oneOf = [...statuses]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([type, status]) => {
      const names = [...COMMON, ...(FIELDS[type.replace('urn:paydesk:', '')] ?? [])];
      const fields = Object.fromEntries(names.map((name) => [name, properties[name]]));
      return {
        type: 'object',
        required,
        properties: {
          type: { type: 'string', enum: [type] },
          status: { type: 'integer', enum: [status] },
          ...fields,
        },
      };
    });
  return { oneOf };
}

const { schemas } = document.components;
schemas.ProblemDocument = problemSchema(schemas.ProblemDocument);
const keyed = operations
  .filter(({ operation }) => operation.parameters?.some(({ name }) => name === 'Idempotency-Key'))
  .map(({ path, method }) => `${method.toUpperCase()} ${path}`);

const folder = new URL('src/generated/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('schema.ts', folder), astToString(await openapiTS(document)));
writeFileSync(
  new URL('keyed-routes.ts', folder),
  `export const KEYED_ROUTES: ReadonlySet<string> = new Set(${JSON.stringify(keyed, null, 2)});\n`,
);
