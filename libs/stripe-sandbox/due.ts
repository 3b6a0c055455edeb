import type { Context } from './context.js';
import type { CollectionName } from './store/collection-names.js';
import type { Task } from './store/records.js';
import type { Store } from './store/store.js';

/** By collection, what to do with an entity whose task is due. */
export type DueWork = Partial<Record<CollectionName, (ctx: Context, id: string) => void>>;

/** Whether an entity has a task. */
export const isScheduled = ({ store }: Context, collection: CollectionName, subject: string): boolean =>
  store.tasks.get(`${collection}/${subject}`) !== undefined;

/** Schedules an entity's task, in place of the one it had; `at: null` only cancels that. Times are Unix seconds. */
export function schedule(
  ctx: Context,
  collection: CollectionName,
  subject: string,
  { at, customer }: { at: number | null; customer?: string | null },
): void {
  const { tasks, customers } = ctx.store;
  const id = `${collection}/${subject}`;
  if (tasks.get(id)) tasks.remove(id);
  if (at === null) return;
  const clock = (customer ? customers.get(customer)?.test_clock : null) ?? null;
  tasks.insert({ id, created: at, clock: clock as string | null, collection, subject });
}

/** A clock's earliest task, if it is due at `by` (Unix seconds). */
export function nextDue(store: Store, clock: string | null, by: number): Task | undefined {
  for (const task of store.tasks.oldestFirst({ where: { clock } })) {
    return task.created <= by ? task : undefined;
  }
  return undefined;
}

/** Removes a task and runs it. */
export function perform(ctx: Context, task: Task, work: DueWork): void {
  ctx.store.tasks.remove(task.id);
  work[task.collection]?.(ctx, task.subject);
}
