import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };

/** Starts Debian's Chromium. The caller must close it. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGS });

/** What the person has chosen in the browser. */
export type Preferences = Pick<BrowserContextOptions, 'colorScheme' | 'javaScriptEnabled' | 'locale'>;

/** Opens a page with a new profile, by default without JavaScript, which the sandbox's pages do not need. */
export async function openPage(
  browser: Browser,
  viewport = DESKTOP,
  preferences: Preferences = {},
): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled: false, ...preferences, viewport });
  onTestFinished(() => context.close());
  return context.newPage();
}
