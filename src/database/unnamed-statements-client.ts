import pg from 'pg';

/**
 * A client that prepares each statement for one execution. A pooler in transaction mode may run the next execution on
 * another connection, which does not know the name: https://www.pgbouncer.org/features.html
 */
export class UnnamedStatementsClient extends pg.Client {
  // The driver has many overloads; only the first argument can have a name.
  override query(...args: unknown[]): never {
    const [config, ...rest] = args;
    const unnamed = isNamed(config) ? { ...config, name: undefined } : config;
    return super.query.apply(this, [unnamed, ...rest] as never) as never;
  }
}

function isNamed(config: unknown): config is { name: string } {
  return typeof config === 'object' && config !== null && 'name' in config;
}
