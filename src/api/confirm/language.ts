export const LANGUAGES = ['en', 'de', 'fr', 'es', 'it'] as const;
export type Language = (typeof LANGUAGES)[number];

const RANGE = /^([a-z]{1,8})(?:-[a-z0-9]{1,8})*(?:\s*;\s*q\s*=\s*([01](?:\.\d{0,3})?))?$/i;

/**
 * The language that a browser prefers among ours, English if it names none of them:
 * https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').split(',').flatMap((part) => {
    const [, tag, quality = '1'] = RANGE.exec(part.trim()) ?? [];
    const language = LANGUAGES.find((known) => known === tag?.toLowerCase());
    return language && Number(quality) > 0 ? [{ language, quality: Number(quality) }] : [];
  });
  const [first] = wanted.toSorted((a, b) => b.quality - a.quality);
  return first?.language ?? 'en';
}
