import { ValidateBy } from 'class-validator';

/** A property that must pass `test`. `message` completes the sentence that starts with the property's name. */
export function Satisfies(test: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name: 'satisfies', validator: { validate: test, defaultMessage: () => message } });
}
