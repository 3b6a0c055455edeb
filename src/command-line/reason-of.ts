import { type Problem, PROBLEMS } from '#core/problem.js';

/** Why a command about an API key failed, in one line for the operator. */
export function reasonOf({ slug, extras }: Problem): string {
  switch (slug) {
    case 'not-found':
      return 'there is no such key';
    case 'invalid-state':
      return 'the key was replaced already, has expired or was revoked';
    default:
      return (
        extras.errors?.map(({ field, message }) => `${field} ${message}`).join('; ') ?? PROBLEMS[slug].detail
      );
  }
}
