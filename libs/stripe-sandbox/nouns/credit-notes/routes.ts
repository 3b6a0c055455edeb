import { collectionParams, listPage, listParams, pageOf } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createCreditNote, previewCreditNote, updateCreditNote, voidCreditNote } from './credit-note.js';
import { createParams, updateParams } from './params.js';

export const creditNoteRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/credit_notes',
    params: createParams,
    handle: ({ ctx, params }) => createCreditNote(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/credit_notes',
    params: { ...collectionParams, customer: string(), invoice: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.creditNotes, params, {
        url: '/v1/credit_notes',
        where: { customer: params.customer, invoice: params.invoice },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/credit_notes/preview',
    params: createParams,
    handle: ({ ctx, params }) => previewCreditNote(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/credit_notes/preview/lines',
    params: { ...createParams, ...listParams },
    handle: ({ ctx, params }) => {
      const { lines } = previewCreditNote(ctx, params);
      return pageOf(lines.data, params, `/v1/credit_notes/preview/lines?invoice=${params.invoice}`);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/credit_notes/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.creditNotes, path.id),
  }),
  route({
    method: 'POST',
    path: '/v1/credit_notes/:id',
    params: updateParams,
    handle: ({ ctx, params, path }) =>
      updateCreditNote(ctx, fromPath(ctx.store.creditNotes, path.id), params),
  }),
  route({
    method: 'GET',
    path: '/v1/credit_notes/:id/lines',
    params: listParams,
    handle: ({ ctx, params, path }) => {
      const { lines } = fromPath(ctx.store.creditNotes, path.id);
      return pageOf(lines.data, params, lines.url);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/credit_notes/:id/void',
    params: {},
    handle: ({ ctx, path }) => voidCreditNote(ctx, fromPath(ctx.store.creditNotes, path.id)),
  }),
];
