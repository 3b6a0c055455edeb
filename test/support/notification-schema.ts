import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import document from '../../openapi.json' with { type: 'json' };

type Documented = { post: { requestBody: { content: { 'application/json': { example: object } } } } };
const webhooks = document.webhooks as unknown as Record<string, Documented>;

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
ajv.addSchema(closed(document) as object, 'document');

/** The example of a notification in the OpenAPI document. */
export function notificationExample(type: string): object | undefined {
  return webhooks[type]?.post.requestBody.content['application/json'].example;
}

/** What contradicts the OpenAPI document in the body of a notification. No field may be undocumented. */
export function notificationFaults(type: string, body: unknown): unknown[] {
  const path = `document#/webhooks/${type}/post/requestBody/content/application~1json/schema`;
  return ajv.validate(path, body) ? [] : (ajv.errors ?? []);
}

/** The document, with object schemas that allow no other fields. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  return 'properties' in value && 'type' in value ? { ...copy, additionalProperties: false } : copy;
}
