import { describe, expect, it } from 'vitest';
import { languageOf } from './language.js';

describe('languageOf', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en;q=0.5, fr;q=0.8', 'fr'],
    ['pt-BR, it;q=0.2', 'it'],
    ['ES-419', 'es'],
    ['de;q=0, it;q=0.1', 'it'],
    ['ja, zh', 'en'],
    ['*', 'en'],
    ['de;q=nonsense, <script>', 'en'],
  ])('of %s is %s', (header, expected) => {
    expect(languageOf(header)).toBe(expected);
  });
});
