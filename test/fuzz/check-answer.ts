import { PROBLEMS, type ProblemSlug } from '#core/problem.js';
import { type Operation, OPERATIONS, requestValidator, responseValidator } from '../support/openapi.js';
import type { Draft } from './draft.js';
import { PLANTED } from './hostile.js';
import type { RawAnswer, RawRequest } from './http.js';

/** One request and what came of it. */
export interface Exchange {
  draft: Draft;
  request: RawRequest;
  answer: RawAnswer;
  /** The calls to Stripe that it caused. */
  stripeCalls: readonly string[];
  credential: string | undefined;
}

const PROBLEM_TYPE = 'application/problem+json';
const INSTANCE = /^urn:paydesk:request:[\w.:-]{1,128}$/;
/** Refusals that need nothing but the request itself. */
const DECIDED_ALONE = new Set([401, 403, 405, 413, 414, 415, 417, 431]);
/** Any route may refuse a request so, before it knows which route it is. */
const ANYWHERE = new Set([400, 404, 405, 413, 414, 415, 417, 431]);
/** A request header that an answer repeats. */
const ECHOED_HEADER = 'idempotency-key';

/** What is wrong with an answer. Empty: nothing. */
export function faultsOf(exchange: Exchange): string[] {
  const { answer, draft } = exchange;
  return [
    ...(answer.status >= 500 ? [`status ${answer.status}`] : []),
    ...(answer.status >= 400 && draft.method !== 'HEAD' ? problemFaults(answer) : []),
    ...documentationFaults(exchange),
    ...echoFaults(exchange),
    ...callFaults(exchange),
  ];
}

function problemFaults({ status, headers, text }: RawAnswer): string[] {
  const problem = parse(text) as Record<string, unknown> | undefined;
  const slug = String(problem?.['type']).replace('urn:paydesk:', '') as ProblemSlug;
  const known = Object.hasOwn(PROBLEMS, slug) ? PROBLEMS[slug] : undefined;
  if (!problem || !known) return [`no problem document but ${text.slice(0, 200)}`];
  const expected = { status, title: known.title, detail: known.detail, retryable: known.retryable };
  const wrong = Object.entries(expected).filter(([name, value]) => problem[name] !== value);
  return [
    ...wrong.map(([name]) => `the problem's ${name} is not that of ${slug}`),
    ...(headers['content-type']?.startsWith(PROBLEM_TYPE) ? [] : [`content-type of a problem`]),
    ...(INSTANCE.test(String(problem['instance'])) ? [] : ["the problem's instance"]),
    ...(known.retryable && !headers['retry-after'] ? ['no Retry-After'] : []),
  ];
}

function documentationFaults({ draft, request, answer }: Exchange): string[] {
  const { operation } = draft;
  const { status } = answer;
  // A request that may have reached another route is not compared with this one.
  if (draft.target !== undefined || request.method !== operation.method) return methodFaults(draft, answer);
  const documented = operation.responses[status];
  if (!documented) return ANYWHERE.has(status) ? [] : [`${status} is not documented`];
  return [
    ...bodyFaults(operation, answer, documented),
    ...(status < 400 ? successFaults(draft, request) : []),
  ];
}

function bodyFaults(
  operation: Operation,
  { status, headers, text }: RawAnswer,
  mediaTypes: readonly string[],
): string[] {
  if (mediaTypes.length === 0) return text === '' ? [] : [`${status} should have no body`];
  const mediaType = mediaTypes.find((type) => headers['content-type']?.startsWith(type));
  if (!mediaType) return [`${status} with the media type ${headers['content-type']}`];
  const validate = responseValidator(operation, status, mediaType);
  return validate(parse(text)) ? [] : [`${status} does not match its schema: ${describe(validate)}`];
}

/** A request must not succeed if it breaks the documented schema, or if its caller may not use the route. */
function successFaults(draft: Draft, request: RawRequest): string[] {
  const { credential, operation } = draft;
  const broken = brokenBody(draft, request);
  const mayUse = operation.callers.length === 0 || operation.callers.some(({ kind }) => kind === credential);
  return [
    ...(broken ? [`accepted a body that breaks the schema: ${broken}`] : []),
    ...(mayUse ? [] : [`accepted the credential: ${credential}`]),
  ];
}

/** How the body breaks the documented schema; undefined if it does not. */
function brokenBody({ operation }: Draft, { body }: RawRequest): string | undefined {
  if (!operation.body) return undefined;
  const validate = requestValidator(operation);
  // A byte order mark may be ignored: https://www.rfc-editor.org/rfc/rfc8259#section-8.1
  return validate(parse(body?.toString().replace(/^\ufeff/, '') ?? '')) ? undefined : describe(validate);
}

function methodFaults({ target, method, operation }: Draft, { status }: RawAnswer): string[] {
  if (target !== undefined || method === 'HEAD' || method === 'OPTIONS') return [];
  const exists = OPERATIONS.some((other) => other.path === operation.path && other.method === method);
  return exists || status >= 400
    ? []
    : [`${method} of ${operation.path} is not documented but answers ${status}`];
}

function echoFaults({ draft, answer, credential }: Exchange): string[] {
  const { status, headers, text } = answer;
  const parts = Object.entries(headers)
    .filter(([name]) => name !== ECHOED_HEADER)
    .concat([['body', text]]);
  const secrets = credential === undefined || draft.credential === 'garbage' ? [] : [credential];
  // A successful response contains values of the request: those that its schema documents.
  const planted = status < 400 ? [] : PLANTED;
  return [...planted, ...secrets].flatMap((secret) =>
    parts
      .filter(([, value]) => value.includes(secret))
      .map(([name]) => `${name} repeats ${PLANTED.includes(secret) ? 'input' : 'the credential'}`),
  );
}

function callFaults({ draft, request, answer, stripeCalls }: Exchange): string[] {
  // Some refusals need a read: for example, whether a payment is of a subscription.
  const allowed =
    DECIDED_ALONE.has(answer.status) || (answer.status === 400 && brokenBody(draft, request) !== undefined)
      ? []
      : stripeCalls.filter((call) => answer.status !== 400 || call.startsWith('GET '));
  return allowed.length === stripeCalls.length
    ? []
    : [`${answer.status} after calls to Stripe: ${stripeCalls.join(', ')}`];
}

function describe({ errors }: { errors?: { instancePath: string; message?: string }[] | null }): string {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
