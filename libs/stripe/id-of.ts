/** The id in a field of a Stripe object that holds either an id or, if expanded, the object itself. */
export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === 'string' ? reference : reference?.id;
}
