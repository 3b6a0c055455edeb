import { TextField } from '../dto/fields.js';

const TENANT_MAX_LENGTH = 1_000;

/** The tenant that a list is restricted to: the name of a partner, or a full tenant as responses have it. */
export function TenantFilterField(description: string): PropertyDecorator {
  return TextField({ maxLength: TENANT_MAX_LENGTH, optional: true, description, example: undefined });
}

/** The tenant of a user: the name of a partner, or a full tenant as responses have it. `ownerOf` checks it. */
export function TenantField(example?: string): PropertyDecorator {
  return TextField({
    maxLength: TENANT_MAX_LENGTH,
    isReference: true,
    // The name is in the log and in the rows of operations.
    isStored: true,
    optional: true,
    description:
      'The partner whose user it is, or `tenant` as responses have it; a signed-in user by default',
    example,
  });
}
