import { type ArgumentMetadata, Injectable, type Paramtype, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { type FieldError, Problem } from '#core/problem.js';
import { acceptWellFormed } from './accept-well-formed.js';
import { hasAnyKeys } from './any-keys.decorator.js';
import { assertJsonObject, isJsonObject } from './json-object.js';
import {
  fieldPath,
  type InputName,
  refuseInherited,
  refuseStripped,
  unknownField,
} from './unknown-fields.js';

const INPUT_NAMES: Readonly<Partial<Record<Paramtype, InputName>>> = {
  body: 'body',
  query: 'query',
  param: 'path',
};

/** Carries the validator's errors to where the input is known. */
class InvalidInput extends Error {
  constructor(readonly errors: ValidationError[]) {
    super('the input is not valid');
  }
}

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
      exceptionFactory: (errors: ValidationError[]) => new InvalidInput(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const input = INPUT_NAMES[metadata.type];
    // What a parameter decorator of ours returns is no input.
    if (input === undefined) return value;
    if (input === 'body' && value !== undefined) assertJsonObject(value);
    const { metatype } = metadata;
    if (metatype && isJsonObject(value)) {
      const accepted = acceptWellFormed(metatype as new () => object, value);
      if (accepted) return accepted;
      refuseInherited(metatype, value, input);
      refuseStripped(value, input, {
        isDeclared: (name) => isDeclared(metatype, name),
        hasAnyKeys: (name) => hasAnyKeys(metatype, name),
      });
    }
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw new Problem('invalid-request', { errors: flatten(error.errors, value, input) });
    }
  }

  /** `refuseStripped` has refused them. */
  protected override stripProtoKeys(): void {}
}

function isDeclared(type: new (...args: never[]) => unknown, name: string): boolean {
  return getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .some(({ propertyName }) => propertyName === name);
}

/**
 * @param raw the object whose fields the errors are about; undefined for a body that is missing
 * @param parent its path; empty for the input itself
 */
function flatten(errors: ValidationError[], raw: unknown, input: InputName, parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const { property, constraints = {}, children = [] } = error;
    const fields = (raw ?? {}) as Record<string, unknown>;
    if (constraints['whitelistValidation']) return [unknownField(parent || input, fields, property)];
    const field = fieldPath(property, parent);
    const [message] = Object.values(constraints);
    const nested = flatten(children, fields[property], input, field);
    return message ? [{ field, message: withoutName(property, message) }, ...nested] : nested;
  });
}

/** class-validator starts its messages with the property's name, which is in `field` already. */
function withoutName(property: string, message: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
