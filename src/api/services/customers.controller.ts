import type { RequestContext } from '#core/request-context.js';
import { Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Settings } from '../../config/settings.js';
import type { ChangeAuthor } from '../../access/audit-entry.js';
import { CustomersService } from '../../customers/customers.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, CALLS_STRIPE, HAS_BODY } from '../http/api-problems.decorator.js';
import { CurrentAuthor } from '../http/current-author.decorator.js';
import { CurrentContext } from '../http/current-context.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { CUSTOMER_EXAMPLES } from './examples.js';
import { CustomerParams, CustomerQuery, CustomerRequest, CustomerResponse } from './customer.dto.js';

/** The Stripe customers of users, for other internal services. */
@ApiTags('Internal service')
@Controller('customers/:user_id')
export class CustomersController {
  constructor(
    private readonly customers: CustomersService,
    private readonly settings: Settings,
  ) {}

  @Get()
  @Allow({ service: 'customers:read' })
  @ApiOperation({
    summary: "Show a user's Stripe customer",
    description: 'As Stripe has it now. 404 for a user without one, or whose customer was deleted at Stripe.',
  })
  @ApiOkResponse({ type: CustomerResponse })
  @ApiProblems(...CALLS_STRIPE, 'not-found')
  async showCustomer(
    @CurrentContext() context: RequestContext,
    @Param() user: CustomerParams,
    @RequestQuery() query: CustomerQuery,
  ): Promise<CustomerResponse> {
    return CustomerResponse.of(await this.customers.show(context, query.ownerFor(user, this.settings)));
  }

  @Post('unlink')
  @Allow({ service: 'customers:write' })
  @HttpCode(204)
  @ApiOperation({
    summary: "Unlink a user's Stripe customer",
    description:
      'The customer stays at Stripe with its cards and subscriptions, and the user does not see its payments any more. The ' +
      'next request that needs a customer creates one, or `PUT` links another. 404 for a user without a customer.',
  })
  @ApiNoContentResponse()
  @ApiProblems('not-found')
  async unlinkCustomer(
    @CurrentAuthor() author: ChangeAuthor,
    @Param() user: CustomerParams,
    @RequestQuery() query: CustomerQuery,
  ): Promise<void> {
    await this.customers.unlink(query.ownerFor(user, this.settings), author);
  }

  @Put()
  @Allow({ service: 'customers:write' })
  @ApiOperation({
    summary: "Link or update a user's Stripe customer",
    description:
      'With `stripeCustomerId`, links an existing Stripe customer to the user; 409 `invalid-state` if either is ' +
      'already linked to another. With other fields, updates the customer, which is created if there is none.',
  })
  @ApiBody({ type: CustomerRequest, examples: CUSTOMER_EXAMPLES })
  @ApiOkResponse({ type: CustomerResponse })
  @ApiProblems(
    ...CALLS_STRIPE,
    ...HAS_BODY,
    'value-not-accepted',
    'not-found',
    'invalid-state',
    'in-progress',
    'needs-review',
  )
  async putCustomer(
    @CurrentContext() context: RequestContext,
    @CurrentAuthor() author: ChangeAuthor,
    @Param() user: CustomerParams,
    @RequestQuery() query: CustomerQuery,
    @RequestBody() body: CustomerRequest,
  ): Promise<CustomerResponse> {
    const owner = query.ownerFor(user, this.settings);
    const command = body.toCommand();
    return CustomerResponse.of(
      'link' in command
        ? await this.customers.link(context, owner, command.link, author)
        : await this.customers.update(context, owner, command.update),
    );
  }
}
