import { Controller, Delete, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { ChangeAuthor } from '../../access/audit-entry.js';
import { type EndpointOwner, EndpointsService } from '../../notifications/endpoints.service.js';
import { RedeliveriesService } from '../../notifications/redeliveries.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, HAS_BODY } from '../http/api-problems.decorator.js';
import { CurrentActor } from '../http/current-actor.decorator.js';
import { CurrentAuthor } from '../http/current-author.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { ResponseWithHeaders } from '../http/response-with-headers.js';
import {
  EndpointChangeRequest,
  EndpointCreationRequest,
  EndpointPath,
  EndpointResponse,
  EndpointsQuery,
  EndpointsResponse,
  NewEndpointResponse,
  PAGE_SIZE_DEFAULT,
  RangeRedeliveryRequest,
  SecretResponse,
  TestResponse,
} from './endpoint.dto.js';
import { ENDPOINT_CHANGE_EXAMPLES, ENDPOINT_EXAMPLES, REDELIVERY_EXAMPLES } from './examples.js';
import { RedeliveryResponse } from './notification.dto.js';

const MANAGED = { partner: 'notifications:manage', service: 'notifications:manage' } as const;

/** Where a service or a partner gets its notifications. */
@ApiTags('Notifications')
@Controller('notification-endpoints')
export class EndpointsController {
  constructor(
    private readonly endpoints: EndpointsService,
    private readonly redeliveries: RedeliveriesService,
  ) {}

  @Get()
  @Allow(MANAGED)
  @ApiOperation({ summary: 'List endpoints', description: "The caller's own, newest first." })
  @ApiOkResponse({ type: EndpointsResponse })
  async list(
    @CurrentActor() owner: EndpointOwner,
    @RequestQuery() { limit = String(PAGE_SIZE_DEFAULT), cursor }: EndpointsQuery,
  ): Promise<EndpointsResponse> {
    const { items, hasMore } = await this.endpoints.list(owner, Number(limit), cursor);
    const data = items.map((endpoint) => EndpointResponse.of(endpoint));
    return { data, nextCursor: (hasMore && data.at(-1)?.id) || null };
  }

  @Get(':id')
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Show an endpoint',
    description: 'Without its secret; `rotate-secret` makes another one.',
  })
  @ApiOkResponse({ type: EndpointResponse })
  @ApiProblems('not-found')
  async show(@CurrentActor() owner: EndpointOwner, @Param() { id }: EndpointPath): Promise<EndpointResponse> {
    return EndpointResponse.of(await this.endpoints.find(owner, id));
  }

  @Post()
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Create an endpoint',
    description:
      'It gets what happens from now on: all payments if the key of a service has `payments:any`, else those that the ' +
      "service has started; a partner's gets those of its own users. An endpoint belongs to its caller and works until " +
      "the caller's last key with `notifications:manage` is revoked. The response is the only one that has the secret. " +
      '409 `invalid-state` if the caller has 50 already.',
  })
  @ApiBody({ type: EndpointCreationRequest, examples: ENDPOINT_EXAMPLES })
  @ApiCreatedResponse({
    type: NewEndpointResponse,
    headers: { Location: { description: 'The endpoint', schema: { type: 'string' } } },
  })
  @ApiProblems(...HAS_BODY, 'invalid-state')
  async create(
    @CurrentActor() owner: EndpointOwner,
    @CurrentAuthor() author: ChangeAuthor,
    @RequestBody() body: EndpointCreationRequest,
  ): Promise<ResponseWithHeaders<NewEndpointResponse>> {
    const issued = await this.endpoints.create(owner, author, body.toCommand());
    const headers = { Location: `/notification-endpoints/${issued.endpoint.id}` };
    return new ResponseWithHeaders(NewEndpointResponse.ofIssued(issued), headers);
  }

  @Patch(':id')
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Change an endpoint',
    description:
      'What waits for one that is switched off fails. Once it is switched on again, it gets what happens from then on.',
  })
  @ApiBody({ type: EndpointChangeRequest, examples: ENDPOINT_CHANGE_EXAMPLES })
  @ApiOkResponse({ type: EndpointResponse })
  @ApiProblems(...HAS_BODY, 'not-found')
  async change(
    @CurrentActor() owner: EndpointOwner,
    @CurrentAuthor() author: ChangeAuthor,
    @Param() { id }: EndpointPath,
    @RequestBody() body: EndpointChangeRequest,
  ): Promise<EndpointResponse> {
    return EndpointResponse.of(await this.endpoints.update(owner, author, id, body.toCommand()));
  }

  @Delete(':id')
  @HttpCode(204)
  @Allow(MANAGED)
  @ApiOperation({ summary: 'Delete an endpoint', description: 'With what waits for it.' })
  @ApiNoContentResponse()
  @ApiProblems('not-found')
  async delete(
    @CurrentActor() owner: EndpointOwner,
    @CurrentAuthor() author: ChangeAuthor,
    @Param() { id }: EndpointPath,
  ): Promise<void> {
    await this.endpoints.delete(owner, author, id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(200)
  @Allow(MANAGED)
  @ApiOperation({
    summary: "Replace an endpoint's secret",
    description: 'For 24 hours, deliveries have a signature of the old one too.',
  })
  @ApiOkResponse({ type: SecretResponse })
  @ApiProblems('not-found')
  async rotateSecret(
    @CurrentActor() owner: EndpointOwner,
    @CurrentAuthor() author: ChangeAuthor,
    @Param() { id }: EndpointPath,
  ): Promise<SecretResponse> {
    return { secret: await this.endpoints.rotateSecret(owner, author, id) };
  }

  @Post(':id/test')
  @HttpCode(202)
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Test an endpoint',
    description:
      'Delivers a notification of the type `endpoint.test` to it. 409 `invalid-state` if it is switched off.',
  })
  @ApiAcceptedResponse({ type: TestResponse })
  @ApiProblems('not-found', 'invalid-state')
  async test(@CurrentActor() owner: EndpointOwner, @Param() { id }: EndpointPath): Promise<TestResponse> {
    return { notificationId: await this.endpoints.test(owner, id) };
  }

  @Post(':id/redeliver')
  @HttpCode(202)
  @Allow(MANAGED)
  @ApiOperation({
    summary: 'Deliver notifications to an endpoint again',
    description:
      'Those that were stored in a time and that it wants, also if it was switched off then, with the same ids and ' +
      'sequences. They come at any time: the order is that of first deliveries, which do not wait for them. ' +
      '409 `invalid-state` if it is switched off.',
  })
  @ApiBody({ type: RangeRedeliveryRequest, examples: REDELIVERY_EXAMPLES })
  @ApiAcceptedResponse({ type: RedeliveryResponse })
  @ApiProblems(...HAS_BODY, 'not-found', 'invalid-state')
  async redeliver(
    @CurrentActor() owner: EndpointOwner,
    @Param() { id }: EndpointPath,
    @RequestBody() { since, until }: RangeRedeliveryRequest,
  ): Promise<RedeliveryResponse> {
    const count = await this.redeliveries.redeliverAll(owner, id, new Date(since), new Date(until));
    return { count };
  }
}
