import type { Context } from './context.js';
import type { CollectionName } from './store/collection-names.js';
import type { Task } from './store/records.js';
import type { Store } from './store/store.js';

/** What to do with an entity of a collection whose time has come. */
export type DueWork = Partial<Record<CollectionName, (ctx: Context, id: string) => void>>;

/** Plans to look at an entity again at a time, in place of any plan before; null plans nothing. */
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

/** The first task of a clock that is due by then. */
export function nextDue(store: Store, clock: string | null, by: number): Task | undefined {
  for (const task of store.tasks.oldestFirst({ where: { clock } })) {
    return task.created <= by ? task : undefined;
  }
  return undefined;
}

/** Takes a task off the list and does it. */
export function perform(ctx: Context, task: Task, work: DueWork): void {
  ctx.store.tasks.remove(task.id);
  work[task.collection]?.(ctx, task.subject);
}
