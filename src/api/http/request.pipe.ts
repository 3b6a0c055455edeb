import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { type FieldError, invalidField, Problem } from '../../core/problem.js';

/** Checks bodies, queries and path parameters against their DTOs: exact shapes, no conversion. */
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
    if (metadata.type === 'body' && value !== undefined && !isObject(value)) {
      throw invalidField('body', 'must be a JSON object');
    }
    return super.transform(value, metadata);
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function flatten(errors: ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const field = pathOf(error.property, parent);
    const [message] = Object.values(error.constraints ?? {});
    const nested = flatten(error.children ?? [], field);
    return message ? [{ field, message: wording(error, message) }, ...nested] : nested;
  });
}

function pathOf(property: string, parent: string): string {
  const name = harmless(property);
  if (/^\d+$/.test(name) && parent) return `${parent}[${name}]`;
  return parent ? `${parent}.${name}` : name;
}

/** A property's name comes from the caller, and is told back. */
function harmless(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '?').slice(0, 64);
}

/** class-validator begins its messages with the property's name, which `field` tells already. */
function wording({ property, constraints }: ValidationError, message: string): string {
  if (constraints?.['whitelistValidation']) return 'is not known here';
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
