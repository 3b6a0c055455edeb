/** A response to a browser, without following redirects. */
export interface Shown {
  status: number;
  location: string | null;
  text: string;
}

/** Requests a page, or posts a form to it. */
export async function visit(url: string, form?: Record<string, string>): Promise<Shown> {
  const response = await fetch(url, {
    redirect: 'manual',
    ...(form && { method: 'POST', body: new URLSearchParams(form) }),
  });
  return {
    status: response.status,
    location: response.headers.get('location'),
    text: await response.text(),
  };
}
