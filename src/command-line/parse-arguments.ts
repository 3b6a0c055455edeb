import { parseArgs } from 'node:util';

/** The arguments of a command, each option with a value. */
export interface CommandArguments<Option extends string> {
  positionals: string[];
  options: Partial<Record<Option, string>>;
}

/**
 * Parses the arguments of this process.
 *
 * @throws {Error} with `usage` for an unknown option, and for one without a value
 */
export function parseArguments<Option extends string>(
  names: readonly Option[],
  usage: string,
): CommandArguments<Option> {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    });
    return { positionals, options: values as Partial<Record<Option, string>> };
  } catch (error) {
    throw new Error(usage, { cause: error });
  }
}
