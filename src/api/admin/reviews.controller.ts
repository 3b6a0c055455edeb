import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ChangeAuthor } from '../../access/audit-entry.js';
import { ReviewsService } from '../../operations/reviews.service.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, HAS_BODY } from '../http/api-problems.decorator.js';
import { CurrentAuthor } from '../http/current-author.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { REVIEW_EXAMPLES } from './examples.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';
import {
  ReviewClosureRequest,
  ReviewPath,
  ReviewResponse,
  ReviewsQuery,
  ReviewsResponse,
} from './review.dto.js';

/** Operations whose outcome a person has to find out. */
@ApiTags('Administration')
@Controller('admin/reviews')
export class ReviewsController {
  constructor(private readonly reviews: ReviewsService) {}

  @Get()
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'List reviews',
    description: 'Of operations that ended with `needs-review`, those of the newest operations first.',
  })
  @ApiOkResponse({ type: ReviewsResponse })
  async list(@RequestQuery() { state, limit, cursor }: ReviewsQuery): Promise<ReviewsResponse> {
    const { items, hasMore } = await this.reviews.list(state, Number(limit ?? PAGE_SIZE_DEFAULT), cursor);
    const data = items.map((review) => ReviewResponse.of(review));
    return { data, nextCursor: (hasMore && data.at(-1)?.operationId) || null };
  }

  @Post(':id/close')
  @HttpCode(200)
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'Close a review',
    description:
      'Records what was found at Stripe, and ends the alert. It moves no money: the operation stays `needs-review`, and ' +
      'what it has reserved stays reserved. The same finding again has no effect; another one replaces it.',
  })
  @ApiBody({ type: ReviewClosureRequest, examples: REVIEW_EXAMPLES })
  @ApiOkResponse({ type: ReviewResponse })
  @ApiProblems(...HAS_BODY, 'not-found')
  async close(
    @CurrentAuthor() author: ChangeAuthor,
    @Param() { id }: ReviewPath,
    @RequestBody() body: ReviewClosureRequest,
  ): Promise<ReviewResponse> {
    return ReviewResponse.of(await this.reviews.close(author, id, body.toCommand()));
  }
}
