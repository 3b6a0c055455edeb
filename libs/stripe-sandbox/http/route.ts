import type { Context } from '../context.js';
import type { Params, Schema } from './params.js';

type PathNames<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathNames<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never;

/** One request to a route, read and validated. */
export interface Call<S extends Schema, P extends string> {
  ctx: Context;
  params: Params<S>;
  path: Record<PathNames<P>, string>;
  /** The paths that the reply will be expanded by. */
  expanded: readonly string[];
}

export type Method = 'GET' | 'POST' | 'DELETE';

/** A route without the types of its parameters. */
export interface Route {
  method: Method;
  path: string;
  params: Schema;
  isForBrowsers?: boolean;
  handle(call: {
    ctx: Context;
    params: object;
    path: Record<string, string>;
    expanded: readonly string[];
  }): object;
}

/** Declares a route. Its handler gets typed parameters and returns the resource of the reply. */
export function route<const P extends string, S extends Schema>(definition: {
  method: Method;
  path: P;
  params: S;
  /** Whether a publishable key may call it, with the intent's secret as `client_secret` where there is one. */
  isForBrowsers?: boolean;
  handle(call: Call<S, P>): object;
}): Route {
  return definition;
}
