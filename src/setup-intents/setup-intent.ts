/** A SetupIntent, with which Stripe.js saves a card in the caller's front end. */
export interface SetupIntent {
  id: string;
  clientSecret: string;
}
