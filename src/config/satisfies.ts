import { ValidateBy } from 'class-validator';

/** Whatever a pure predicate says. */
export function Satisfies(test: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name: 'satisfies', validator: { validate: test, defaultMessage: () => message } });
}
