/** How many old rows one statement deletes or changes: few, so that each is short. */
export const PRUNE_BATCH_SIZE = 1_000;

/**
 * Repeats a statement for at most {@link PRUNE_BATCH_SIZE} rows until it finds none. It may find fewer before, if another
 * instance was faster.
 */
export async function inBatches(statement: () => Promise<{ rowCount: number | null }>): Promise<void> {
  let rowCount: number | null;
  do ({ rowCount } = await statement());
  while (rowCount);
}
