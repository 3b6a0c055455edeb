/** What lets Stripe.js save a card in the caller's front end. */
export interface SetupIntent {
  id: string;
  clientSecret: string;
}
