import { Problem } from '#core/problem.js';

/** What a contract calls the fields of a command, by their path in the command; `[]` stands for any index. */
export type FieldNames = Readonly<Record<string, string>>;

/**
 * Awaits a service, which reports problems with a command's own fields, and renames these fields to the contract's:
 * `items[1].priceId` becomes `products[1].priceId`. A field without an entry keeps its name.
 */
export async function withFieldNames<T>(names: FieldNames, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const errors = error instanceof Problem ? error.extras.errors : undefined;
    if (!errors) throw error;
    throw (error as Problem).with({
      errors: errors.map(({ field, message }) => ({ field: rename(field, names), message })),
    });
  }
}

function rename(field: string, names: FieldNames): string {
  const [index = ''] = INDEX.exec(field) ?? [];
  return names[field.replace(INDEX, '[]')]?.replace('[]', index) ?? field;
}

const INDEX = /\[\d+\]/;
