import { listPage, listParams } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { required, timestamp } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { createParams } from './params.js';
import { advanceTestClock, createTestClock, deleteTestClock } from './test-clock.js';

export const testClockRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/test_helpers/test_clocks',
    params: createParams,
    handle: ({ ctx, params }) => createTestClock(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/test_helpers/test_clocks',
    params: listParams,
    handle: ({ ctx, params }) =>
      listPage(ctx.store.testClocks, params, { url: '/v1/test_helpers/test_clocks' }),
  }),
  route({
    method: 'GET',
    path: '/v1/test_helpers/test_clocks/:test_clock',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.testClocks, path.test_clock),
  }),
  route({
    method: 'POST',
    path: '/v1/test_helpers/test_clocks/:test_clock/advance',
    params: { frozen_time: required(timestamp()) },
    handle: ({ ctx, params, path }) =>
      advanceTestClock(ctx, fromPath(ctx.store.testClocks, path.test_clock), params.frozen_time),
  }),
  route({
    method: 'DELETE',
    path: '/v1/test_helpers/test_clocks/:test_clock',
    params: {},
    handle: ({ ctx, path }) => deleteTestClock(ctx, fromPath(ctx.store.testClocks, path.test_clock)),
  }),
];
