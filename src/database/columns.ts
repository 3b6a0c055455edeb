import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A point in time. */
export const instant = (name: string) => timestamp(name, { withTimezone: true });

/** An amount in minor units, which may be more than an `integer` holds. */
export const minorUnits = (name: string) => bigint(name, { mode: 'number' });
