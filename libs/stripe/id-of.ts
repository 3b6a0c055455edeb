/** The id behind a field of Stripe's that holds an id or, expanded, the object itself. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === 'string' ? reference : reference?.id;
}
