import type { Context } from '../context.js';

/** The names by which a machine reaches itself. */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Updates the URLs of open sessions and invoices after a restart, which may have changed the sandbox's port. */
export function updatePageUrls({ store: { checkoutSessions, invoices }, origin }: Context): void {
  const open = { where: { status: 'open' } } as const;
  const openSessions = [...checkoutSessions.oldestFirst(open)];
  for (const { id, url } of openSessions) {
    const current = withPortOf(origin, url!);
    if (current !== url) checkoutSessions.update(id, { url: current });
  }
  const openInvoices = [...invoices.oldestFirst(open)];
  for (const { id, hosted_invoice_url: url } of openInvoices) {
    const current = withPortOf(origin, url!);
    if (current !== url) invoices.update(id, { hosted_invoice_url: current, invoice_pdf: `${current}/pdf` });
  }
}

/** A URL with the origin's port, if both are on the same host. Its host name stays, as the caller knows it. */
function withPortOf(origin: string, url: string): string {
  const [sandbox, page] = [new URL(origin), new URL(url)];
  const areLoopback = [sandbox, page].every(({ hostname }) => LOOPBACK.has(hostname));
  if (!areLoopback && sandbox.hostname !== page.hostname) return url;
  page.port = sandbox.port;
  return page.href;
}
