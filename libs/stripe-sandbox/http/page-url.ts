/** The start of the URL of one of the sandbox's pages about an object. */
const PAGE =
  /^http:\/\/[^/]+(?=\/(?:c\/(?:pay|recover)\/cs|i\/in|p\/session\/test|(?:3ds|confirm)\/(?:pi|seti)|receipts\/payment\/(?:ch|py)|transfer\/pi|credit_notes\/cn)_)/;

/**
 * The URL of a page as somebody reaches it who reaches the sandbox at `origin`: objects keep that of when they were made, when
 * the sandbox may have had another port. A URL of another site, or of the merchant's, stays as it is.
 */
export const pageAt = (origin: string, url: string): string => url.replace(PAGE, () => origin);

/** The path of a page, for a link on another page. */
export const pathOfPage = (url: string): string => pageAt('', url);
