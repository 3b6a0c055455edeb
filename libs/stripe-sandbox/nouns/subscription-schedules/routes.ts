import { collectionParams, listPage } from '../../http/lists.js';
import { fromPath } from '../../http/lookup.js';
import { string } from '../../http/params.js';
import { route, type Route } from '../../http/route.js';
import { cancelParams, createParams, updateParams } from './params.js';
import { cancelSchedule, createSchedule, releaseSchedule, updateSchedule } from './subscription-schedule.js';

export const subscriptionScheduleRoutes: Route[] = [
  route({
    method: 'POST',
    path: '/v1/subscription_schedules',
    params: createParams,
    handle: ({ ctx, params }) => createSchedule(ctx, params),
  }),
  route({
    method: 'GET',
    path: '/v1/subscription_schedules',
    params: { ...collectionParams, customer: string() },
    handle: ({ ctx, params }) =>
      listPage(ctx.store.subscriptionSchedules, params, {
        url: '/v1/subscription_schedules',
        where: { customer: params.customer },
      }),
  }),
  route({
    method: 'GET',
    path: '/v1/subscription_schedules/:id',
    params: {},
    handle: ({ ctx, path }) => fromPath(ctx.store.subscriptionSchedules, path.id),
  }),
  route({
    method: 'POST',
    path: '/v1/subscription_schedules/:id',
    params: updateParams,
    handle: ({ ctx, params, path }) =>
      updateSchedule(ctx, fromPath(ctx.store.subscriptionSchedules, path.id), params),
  }),
  route({
    method: 'POST',
    path: '/v1/subscription_schedules/:id/release',
    params: {},
    handle: ({ ctx, path }) => releaseSchedule(ctx, fromPath(ctx.store.subscriptionSchedules, path.id)),
  }),
  route({
    method: 'POST',
    path: '/v1/subscription_schedules/:id/cancel',
    params: cancelParams,
    handle: ({ ctx, params, path }) =>
      cancelSchedule(ctx, fromPath(ctx.store.subscriptionSchedules, path.id), params),
  }),
];
