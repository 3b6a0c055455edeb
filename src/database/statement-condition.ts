/** A condition for a statement of another store, which has an effect only if it holds. */
export interface StatementCondition {
  /** Part of the name of the prepared statement. */
  name: string;
  /** A query that returns one row if it holds. It may change rows itself. Its parameters start at `$<first>`. */
  text: (first: number) => string;
  values: readonly unknown[];
}

/** A condition that always holds. */
export const ALWAYS: StatementCondition = { name: 'always', text: () => 'select true', values: [] };

/** The text of a query whose parameters start at `$<first>` instead of `$1`. */
export function renumbered(text: string, first: number): string {
  return text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + first - 1}`);
}
