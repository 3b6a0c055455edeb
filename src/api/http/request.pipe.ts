import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, Problem } from '#core/problem.js';
import { assertJsonObject, isJsonObject } from './json-object.js';
import { fieldPath, refuseInherited, refuseStripped, UNRECOGNIZED } from './unknown-fields.js';

/** Validates bodies, queries and path parameters against their DTOs: no unknown fields, no conversion. */
@Injectable()
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      transform: true,
      stopAtFirstError: true,
      exceptionFactory: (errors: ValidationError[]) =>
        new Problem('invalid-request', { errors: flatten(errors) }),
    });
  }

  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && value !== undefined) assertJsonObject(value);
    if (metadata.metatype && isJsonObject(value)) refuseInherited(metadata.metatype, value);
    return super.transform(value, metadata);
  }

  protected override stripProtoKeys(value: unknown): void {
    refuseStripped(value);
  }
}

function flatten(errors: ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = fieldPath(error.property, parent);
    const [message] = Object.values(error.constraints ?? {});
    const nested = flatten(error.children ?? [], field);
    return message ? [{ field, message: messageOf(error, message) }, ...nested] : nested;
  });
}

/** class-validator starts its messages with the property's name, which is in `field` already. */
function messageOf({ property, constraints }: ValidationError, message: string): string {
  if (constraints?.['whitelistValidation']) return UNRECOGNIZED;
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
