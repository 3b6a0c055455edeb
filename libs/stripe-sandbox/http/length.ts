/** The length that Stripe's limits are in: characters, of which one may take two of JavaScript's units. */
export const lengthOf = (text: string): number => Array.from(text).length;
