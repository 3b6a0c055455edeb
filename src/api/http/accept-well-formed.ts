import { getMetadataStorage, ValidationTypes, type ValidatorConstraintInterface } from 'class-validator';

const { CONDITIONAL_VALIDATION: CONDITION, CUSTOM_VALIDATION: CHECK } = ValidationTypes;

type Dto = new () => object;
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** Whether a value of one property passes all of its decorators. */
type PropertyCheck = (dto: object, value: unknown) => boolean;

/** By the name of the property; null for a DTO that has more than checks of plain values. */
type CompiledDto = ReadonlyMap<string, PropertyCheck> | null;

const compiled = new WeakMap<Dto, CompiledDto>();

/**
 * The instance of a DTO for an input that class-validator would certainly accept: an object of declared fields with
 * strings, numbers and booleans, of which each passes the decorators of its field. It runs the same decorators, without
 * the copies and the bookkeeping for errors.
 *
 * @returns undefined for any other input, valid or not. Only class-validator itself decides on those.
 */
export function acceptWellFormed(type: Dto, input: object): object | undefined {
  const checks = compiledOf(type);
  if (!checks) return undefined;
  for (const [name, value] of Object.entries(input))
    if (!checks.has(name) || !isPlain(value)) return undefined;
  const dto = Object.assign(new type(), input) as Record<string, unknown>;
  for (const [name, check] of checks) if (!check(dto, dto[name])) return undefined;
  return dto;
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function compiledOf(type: Dto): CompiledDto {
  const known = compiled.get(type);
  if (known !== undefined) return known;
  const checks = compile(type);
  compiled.set(type, checks);
  return checks;
}

function compile(type: Dto): CompiledDto {
  const metadatas = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  if (metadatas.length === 0 || !metadatas.every(isCompilable)) return null;
  const names = new Set(metadatas.map(({ propertyName }) => propertyName));
  return new Map(
    [...names].map((name) => [name, checkOf(metadatas.filter(({ propertyName }) => propertyName === name))]),
  );
}

/** class-validator's options are undefined if they are not given. */
function isCompilable({ type, each, groups, validateIf }: Partial<Metadata>): boolean {
  const isKnown = type === CONDITION || type === CHECK;
  return isKnown && !each && !groups?.length && validateIf === undefined;
}

function checkOf(metadatas: readonly Metadata[]): PropertyCheck {
  const conditions = metadatas.filter(({ type }) => type === CONDITION);
  const checks = metadatas.filter(({ type }) => type === CHECK).flatMap(constraintsOf);
  return (dto, value) =>
    !conditions.every(({ constraints: [holds] }) => (holds as PropertyCheck)(dto, value)) ||
    checks.every(({ instance, metadata }) => {
      const { propertyName: property, constraints } = metadata;
      const details = { value, object: dto, property, constraints, targetName: dto.constructor.name };
      return instance.validate(value, details) === true;
    });
}

function constraintsOf(metadata: Metadata): { instance: ValidatorConstraintInterface; metadata: Metadata }[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls)
    .map(({ instance }) => ({ instance, metadata }));
}
