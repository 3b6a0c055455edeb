import type { FastifyInstance } from 'fastify';
import { Problem } from '#core/problem.js';
import { AddRouteConfig } from './route-config.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is for a form without fields. */
    formPost?: true;
  }
}

/** Of a form without fields: enough for what a browser adds. */
const FORM_MAX_BYTES = 1024;

/** Lets browsers send a form without fields to this route. */
export function FormPost(): MethodDecorator {
  return AddRouteConfig({ formPost: true });
}

/** Accepts the media type of forms on routes with {@link FormPost}, and on no other. What is in the body is ignored. */
export function acceptEmptyForms(fastify: FastifyInstance): void {
  const options = { parseAs: 'string', bodyLimit: FORM_MAX_BYTES } as const;
  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    options,
    (request, _body, done) => {
      if (request.routeOptions.config.formPost) done(null, undefined);
      else done(new Problem('unsupported-media-type'));
    },
  );
}
