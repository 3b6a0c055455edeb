import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { PROBLEMS, type ProblemSlug } from '#core/problem.js';
import { PROBLEM_MARK } from '../http/api-problems.decorator.js';
import { PROBLEM_MEDIA_TYPE, ProblemDocument, problemDocument } from '../http/problem-document.js';

const EXAMPLE_REQUEST_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait, if `retryable`', schema: { type: 'integer' } },
};

/** Every response to an authenticated caller has them. */
const RATE_LIMIT = {
  RateLimit: {
    description: 'What is left of the rate limit (`r`), and when it starts again in seconds (`t`)',
    schema: { type: 'string' },
    example: '"write";r=0;t=42',
  },
  'RateLimit-Policy': {
    description: 'The rate limit: requests (`q`) in a window of seconds (`w`)',
    schema: { type: 'string' },
    example: '"write";q=1200;w=60',
  },
};

/** Replaces the marks of `ApiProblems` with responses: one for each status, with an example of each problem. */
export function addProblemResponses(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation) Object.assign(operation.responses, problemResponses(takeMarks(operation)));
    }
  }
  return document;
}

function takeMarks(operation: object): ProblemSlug[] {
  const marks = Object.keys(operation).filter((key) => key.startsWith(PROBLEM_MARK));
  for (const mark of marks) Reflect.deleteProperty(operation, mark);
  return marks.map((mark) => mark.slice(PROBLEM_MARK.length) as ProblemSlug);
}

function problemResponses(slugs: ProblemSlug[]): Record<string, object> {
  const statuses = [...new Set(slugs.map((slug) => PROBLEMS[slug].status))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      problemResponse(slugs.filter((slug) => PROBLEMS[slug].status === status)),
    ]),
  );
}

function problemResponse(slugs: ProblemSlug[]): object {
  const examples = slugs.map((slug) => [slug, { value: problemDocument(slug, {}, EXAMPLE_REQUEST_ID) }]);
  return {
    description: slugs.map((slug) => PROBLEMS[slug].title).join('; '),
    ...(slugs.some((slug) => PROBLEMS[slug].retryable) && {
      headers: { ...RETRY_AFTER, ...(slugs.includes('too-many-requests') && RATE_LIMIT) },
    }),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: getSchemaPath(ProblemDocument) },
        examples: Object.fromEntries(examples),
      },
    },
  };
}
