import { Body, type ExecutionContext, Query, SetMetadata } from '@nestjs/common';
import { handlerMetadata } from './handler-metadata.js';

type Input = 'body' | 'query';

/** Nest's `@Body()` that is also visible to {@link declaresInput}. */
export function RequestBody(): ParameterDecorator {
  return declaring('body', Body());
}

/** Nest's `@Query()` that is also visible to {@link declaresInput}. */
export function RequestQuery(): ParameterDecorator {
  return declaring('query', Query());
}

/** Whether a handler has a `@RequestBody()` or a `@RequestQuery()`. */
export function declaresInput(input: Input, context: ExecutionContext): boolean {
  return handlerMetadata(metadataKey(input), context) === true;
}

function declaring(input: Input, decorate: ParameterDecorator): ParameterDecorator {
  return (controller, method, index) => {
    if (method === undefined)
      throw new Error('RequestBody and RequestQuery decorate parameters of methods only');
    decorate(controller, method, index);
    const handler = Object.getOwnPropertyDescriptor(controller, method);
    if (handler) SetMetadata(metadataKey(input), true)(controller, method, handler);
  };
}

function metadataKey(input: Input): string {
  return `paydesk:declares-${input}`;
}
