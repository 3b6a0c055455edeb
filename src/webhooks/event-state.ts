/**
 * - `stored`: waits for its handler, or for its next attempt
 * - `done`: handled
 * - `dead`: its handler has failed for about a day
 * - `ignored`: nobody handles its type, it is of another mode or account, or Stripe does not know its object
 */
export const EVENT_STATES = ['stored', 'done', 'dead', 'ignored'] as const;
export type EventState = (typeof EVENT_STATES)[number];
