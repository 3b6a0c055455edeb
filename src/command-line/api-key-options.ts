import { LABEL_MAX_LENGTH } from '../access/api-key.js';
import { DURATION_SHAPE, parseDurationMs } from '#core/duration.js';
import { DEFAULT_SCOPES, isScope, type Scope, SCOPES } from '#core/scope.js';
import { codePointLength, PRINTABLE_TEXT } from '#core/text.js';

/** The scopes of `--scopes a,b`; every one but `keys:admin` without the option. */
export function parseScopes(option: string | undefined): readonly Scope[] {
  if (option === undefined) return DEFAULT_SCOPES;
  const names = [...new Set(option.split(','))];
  return names.map((name) => {
    if (isScope(name)) return name;
    throw new Error(`--scopes: ${JSON.stringify(name)} is not one of ${SCOPES.join(', ')}`);
  });
}

/** The milliseconds of an option such as `--expires 90d`; undefined without the option. */
export function parseDurationOption(name: string, option: string | undefined): number | undefined {
  if (option === undefined) return undefined;
  const durationMs = parseDurationMs(option);
  if (durationMs === undefined) throw new Error(`--${name} must be ${DURATION_SHAPE}`);
  return durationMs;
}

/** The text of `--label`; undefined without the option. */
export function parseLabel(option: string | undefined): string | undefined {
  if (option === undefined) return undefined;
  if (option === '' || codePointLength(option) > LABEL_MAX_LENGTH || !PRINTABLE_TEXT.test(option)) {
    throw new Error(
      `--label must be 1 to ${LABEL_MAX_LENGTH} characters without control and format characters`,
    );
  }
  return option;
}
