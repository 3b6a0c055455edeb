import type Stripe from 'stripe';
import { formatAmount } from '../money/currencies.js';
import { dateOf } from './layout.js';

/** What an invoice's PDF shows. */
export interface InvoicePdf {
  invoice: Stripe.Invoice;
  /** The account's tax ids on the invoice. */
  accountTaxIds: readonly string[];
}

type Document = PDFKit.PDFDocument;

const MARGIN = 50;

/** The countries that use US letter paper; `auto` is A4 elsewhere. */
const LETTER_COUNTRIES = new Set(['CA', 'MX', 'US']);

/** The PDF of a finalized invoice. Source: https://docs.stripe.com/invoicing/customize. */
export async function renderInvoicePdf(view: InvoicePdf): Promise<Uint8Array> {
  // Loaded when it is needed, so that a start does not pay for it.
  const { default: PDFDocument } = await import('pdfkit');
  const { invoice } = view;
  const document = new PDFDocument({
    compress: false,
    info: { Title: `Invoice ${invoice.number}`, CreationDate: new Date(invoice.created * 1000) },
    margin: MARGIN,
    size: pageSizeOf(invoice),
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Uint8Array>((resolve, reject) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
  drawInvoice(document, view);
  document.end();
  return done;
}

function pageSizeOf({ rendering, customer_address }: Stripe.Invoice): 'A4' | 'LETTER' {
  const size = rendering?.pdf?.page_size;
  if (size === 'a4') return 'A4';
  if (size === 'letter') return 'LETTER';
  return LETTER_COUNTRIES.has(customer_address?.country ?? 'US') ? 'LETTER' : 'A4';
}

function drawInvoice(document: Document, { invoice, accountTaxIds }: InvoicePdf): void {
  const { currency, description, footer, shipping_details: shipping } = invoice;
  document.font('Helvetica-Bold').fontSize(20).text('Invoice').moveDown(0.5);
  document.font('Helvetica').fontSize(10);
  writeLines(document, [
    `Invoice number: ${invoice.number}`,
    ...datesOf(invoice),
    ...customFieldsOf(invoice),
  ]);
  writeLines(document, [invoice.account_name, ...accountTaxIds]);
  writeLines(document, ['Bill to:', ...billedTo(invoice)]);
  if (shipping) writeLines(document, ['Ship to:', shipping.name, ...addressLines(shipping.address)]);
  if (description) writeLines(document, [description]);
  for (const line of invoice.lines.data) {
    const quantity = line.quantity === null ? '' : ` (${line.quantity})`;
    drawRow(document, `${line.description ?? ''}${quantity}`, formatAmount(line.amount, line.currency));
  }
  document.moveDown().font('Helvetica-Bold');
  for (const [label, amountMinor] of totalsOf(invoice)) {
    drawRow(document, label, formatAmount(amountMinor, currency));
  }
  document.font('Helvetica').moveDown();
  if (footer) writeLines(document, [footer]);
}

function datesOf({ due_date, effective_at, status, created }: Stripe.Invoice): (string | null)[] {
  return [
    `Date of issue: ${dateOf(effective_at ?? created)}`,
    due_date === null ? null : `Date due: ${dateOf(due_date)}`,
    `Status: ${status}`,
  ];
}

const customFieldsOf = ({ custom_fields }: Stripe.Invoice): string[] =>
  (custom_fields ?? []).map(({ name, value }) => `${name}: ${value}`);

const billedTo = (invoice: Stripe.Invoice): (string | null)[] => [
  invoice.customer_name,
  ...addressLines(invoice.customer_address),
  invoice.customer_email,
  ...(invoice.customer_tax_ids ?? []).map(({ value }) => value),
];

function addressLines(address: Stripe.Address | null | undefined): (string | null)[] {
  if (!address) return [];
  const { line1, line2, postal_code, city, state, country } = address;
  return [line1, line2, [postal_code, city, state].filter(Boolean).join(' ') || null, country];
}

function totalsOf(invoice: Stripe.Invoice): [label: string, amountMinor: number][] {
  const discount = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const balance = invoice.amount_due - invoice.total;
  return [
    ['Subtotal', invoice.subtotal],
    ...(discount === 0 ? [] : ([['Discount', -discount]] as [string, number][])),
    ['Total', invoice.total],
    ...(balance === 0 ? [] : ([['Applied customer balance', balance]] as [string, number][])),
    ['Amount paid', invoice.amount_paid],
    ['Amount due', invoice.amount_remaining],
  ];
}

function writeLines(document: Document, lines: readonly (string | null | undefined)[]): void {
  for (const line of lines) if (line) document.text(line);
  document.moveDown();
}

/** A text with an amount at the right margin, on the same line. */
function drawRow(document: Document, label: string, amount: string): void {
  const width = document.page.width - 2 * MARGIN;
  document.text(label, MARGIN, document.y, { width: width - 110 });
  const below = document.y;
  document.moveUp().text(amount, MARGIN, document.y, { align: 'right', width });
  document.x = MARGIN;
  document.y = below;
}
