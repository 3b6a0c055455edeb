/** The types of `paydesk/testing`, for the tests of those who call Paydesk. */

export interface TestPaydeskOptions {
  /** Settings, as environment variables. Rate limits and the brake against card testing are off by default. */
  environment?: Readonly<Record<string, string>>;
}

/** A whole Paydesk in this process: the service over HTTP, Stripe's sandbox and a PostgreSQL, each its own. */
export interface TestPaydesk {
  /** Where the service listens. */
  url: string;
  /** Where the sandbox listens. Its API is Stripe's, with any `sk_test_` key. */
  stripeUrl: string;
  /** The connection string of the database. */
  databaseUrl: string;
  /** The time of the service and of the sandbox. */
  now(): Date;
  /** Moves that time forward. */
  moveClock(ms: number): void;
  /** A token of a signed-in user. */
  userToken(userId: string): Promise<string>;
  /** A new key of a partner's back end. */
  partnerKey(tenant: string): Promise<string>;
  /** A new key of an internal service. */
  serviceKey(name: string): Promise<string>;
  /** Stops everything, and deletes the data. */
  close(): Promise<void>;
}

/** Starts a {@link TestPaydesk}. The first start on a machine takes some seconds, for the PostgreSQL. */
export declare function startPaydesk(options?: TestPaydeskOptions): Promise<TestPaydesk>;
