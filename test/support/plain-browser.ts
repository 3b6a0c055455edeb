/** A page as a browser without scripts sees it. */
export interface SeenPage {
  status: number;
  headers: Headers;
  text: string;
  /** Where a redirect leads, or where the browser goes by itself. */
  next: string | undefined;
  /** The URLs of the forms, by the last part of their path. */
  forms: Record<string, string>;
}

/** Visits a page, or sends a form without fields as a browser does. */
export async function visit(
  url: string,
  method: 'GET' | 'POST' = 'GET',
  headers: Record<string, string> = {},
): Promise<SeenPage> {
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(method === 'POST' && form), ...headers },
    ...(method === 'POST' && { body: '' }),
  });
  const text = unescapeHtml(await response.text());
  const actions = [...text.matchAll(/<form method="post" action="([^"]+)"/g)].map(
    ([, action = '']) => action,
  );
  const [, refresh] = /http-equiv="refresh"\s+content="0; url=([^"]+)"/.exec(text) ?? [];
  return {
    status: response.status,
    headers: response.headers,
    text,
    next: response.headers.get('location') ?? refresh,
    forms: Object.fromEntries(
      actions.map((action) => [new URL(action, url).pathname.split('/').at(-1), new URL(action, url).href]),
    ),
  };
}

/** The customer's answer on the page of the bank; returns where it leads. */
export async function answerBank(url: string, result: 'complete' | 'fail' = 'complete'): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ result }),
    redirect: 'manual',
  });
  await response.text();
  return response.headers.get('location') ?? '';
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
