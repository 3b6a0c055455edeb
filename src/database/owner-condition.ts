/** A condition for a statement of another store, which inserts a row for each owner for whom it holds. */
export interface OwnerCondition {
  /** Part of the name of the prepared statement. */
  name: string;
  /**
   * A query of the `tenant` and `user_id` of the owners for whom it holds. It may change rows itself. The statement has a
   * CTE `input` with the columns `id` of an operation, `tenant` and `user_id`, of which each owner has one row. Its
   * parameters start at `$<first>`.
   */
  text: (first: number) => string;
  values: () => readonly unknown[];
}

/** A look-up of customers for a statement of another store. */
export interface CustomerLookUp {
  /** Part of the name of the prepared statement. */
  name: string;
  /**
   * A query of the `id` and `customer` of those of the CTE `claims` for which there is one. That has the columns `id` of an
   * operation, `tenant`, `user_id` and `payment_method_id`.
   */
  text: string;
}

/** A condition that always holds. */
export const ALWAYS: OwnerCondition = {
  name: 'always',
  text: () => 'select tenant, user_id from input',
  values: () => [],
};

/** The text of a query whose parameters start at `$<first>` instead of `$1`. */
export function renumbered(text: string, first: number): string {
  return text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + first - 1}`);
}
