/** The URLs that a hosted page redirects to. */
export const redirects = {
  successRedirect: 'https://example.com/ok',
  failureRedirect: 'https://example.com/ko',
};

/** Pays on a hosted checkout page by posting its form. */
export async function payOnPage(url: string, number = '4242424242424242'): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ number }),
    redirect: 'manual',
  });
  await response.text();
}
