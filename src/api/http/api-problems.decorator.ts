import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEMS, type ProblemSlug } from '../../core/problem.js';
import { problemDocument } from './problem-document.js';

/** Documents which problems a route answers with, each with an example. */
export function ApiProblems(...slugs: ProblemSlug[]): ClassDecorator & MethodDecorator {
  const statuses = new Set(slugs.map((slug) => PROBLEMS[slug].status));
  return applyDecorators(...[...statuses].map((status) => problemsOfStatus(status, slugs)));
}

function problemsOfStatus(status: number, slugs: ProblemSlug[]) {
  const told = slugs.filter((slug) => PROBLEMS[slug].status === status);
  const examples = told.map((slug) => [slug, { value: problemDocument(slug, {}, EXAMPLE_REQUEST_ID) }]);
  return ApiResponse({
    status,
    description: told.map((slug) => PROBLEMS[slug].title).join('; '),
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath('ProblemDocument') },
        examples: Object.fromEntries(examples),
      },
    },
  });
}

const EXAMPLE_REQUEST_ID = '0f8fad5b-d9cb-469f-a165-70867728950e';
