import { Controller, Get, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Clock } from '#core/clock.js';
import type { IssuedApiKey } from '../../access/api-key.js';
import { ApiKeyAdminService } from '../../access/api-key-admin.service.js';
import type { ChangeAuthor } from '../../access/audit-entry.js';
import { Allow } from '../http/allow.decorator.js';
import { ApiProblems, HAS_BODY } from '../http/api-problems.decorator.js';
import { CurrentAuthor } from '../http/current-author.decorator.js';
import { RequestBody, RequestQuery } from '../http/declared-input.js';
import { ResponseWithHeaders } from '../http/response-with-headers.js';
import { GUARDRAILS_EXAMPLES, KEY_EXAMPLES, ROTATION_EXAMPLES } from './examples.js';
import { KeyChangeRequest } from './guardrails.dto.js';
import {
  KeyPath,
  KeyRequest,
  KeyResponse,
  KeysQuery,
  KeysResponse,
  NewKeyResponse,
  RotationRequest,
} from './key.dto.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

const CREATED = {
  type: NewKeyResponse,
  headers: { Location: { description: 'The key', schema: { type: 'string' as const } } },
};

/** The API keys of partners and services. Who has `keys:admin` may give every scope, so it needs no other one. */
@ApiTags('Administration')
@Controller('admin/keys')
export class KeysController {
  constructor(
    private readonly keys: ApiKeyAdminService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'List API keys',
    description: 'Newest first, with those that have expired or were revoked.',
  })
  @ApiOkResponse({ type: KeysResponse })
  async list(@RequestQuery() query: KeysQuery): Promise<KeysResponse> {
    const { limit = PAGE_SIZE_DEFAULT, cursor } = query;
    const { items, hasMore } = await this.keys.list(query.toFilter(), Number(limit), cursor);
    const now = this.clock.now();
    return {
      data: items.map((key) => KeyResponse.of(key, now)),
      nextCursor: (hasMore && items.at(-1)?.id) || null,
    };
  }

  @Get(':id')
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'Show an API key',
    description: 'Without the key itself, of which only a hash is stored.',
  })
  @ApiOkResponse({ type: KeyResponse })
  @ApiProblems('not-found')
  async show(@Param() { id }: KeyPath): Promise<KeyResponse> {
    return KeyResponse.of(await this.keys.find(id), this.clock.now());
  }

  @Post()
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'Create an API key',
    description: 'The response is the only one that has the key itself.',
  })
  @ApiBody({ type: KeyRequest, examples: KEY_EXAMPLES })
  @ApiCreatedResponse(CREATED)
  @ApiProblems(...HAS_BODY)
  async create(
    @CurrentAuthor() author: ChangeAuthor,
    @RequestBody() body: KeyRequest,
  ): Promise<ResponseWithHeaders<NewKeyResponse>> {
    return this.created(await this.keys.create(author, body.toCommand()));
  }

  @Patch(':id')
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: "Change an API key's guardrails",
    description:
      'They limit what the key may do beyond its scopes, at once, within a second on every instance. A request that ' +
      'exceeds one is 403 `limit-exceeded`. 409 `invalid-state` for a key that was revoked.',
  })
  @ApiBody({ type: KeyChangeRequest, examples: GUARDRAILS_EXAMPLES })
  @ApiOkResponse({ type: KeyResponse })
  @ApiProblems(...HAS_BODY, 'not-found', 'invalid-state')
  async change(
    @CurrentAuthor() author: ChangeAuthor,
    @Param() { id }: KeyPath,
    @RequestBody() body: KeyChangeRequest,
  ): Promise<KeyResponse> {
    return KeyResponse.of(await this.keys.setGuardrails(author, id, body.toGuardrails()), this.clock.now());
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'Revoke an API key',
    description:
      'It stops working at once, within a second on every instance. Succeeds if it was revoked before.',
  })
  @ApiOkResponse({ type: KeyResponse })
  @ApiProblems('not-found')
  async revoke(@CurrentAuthor() author: ChangeAuthor, @Param() { id }: KeyPath): Promise<KeyResponse> {
    return KeyResponse.of(await this.keys.revoke(author, id), this.clock.now());
  }

  @Post(':id/rotate')
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'Replace an API key',
    description:
      'The new key has the same holder, label, scopes and guardrails and, if the old one expires, the same lifetime. 409 ' +
      '`invalid-state` for a key that was replaced already, has expired or was revoked.',
  })
  @ApiBody({ type: RotationRequest, examples: ROTATION_EXAMPLES })
  @ApiCreatedResponse(CREATED)
  @ApiProblems(...HAS_BODY, 'not-found', 'invalid-state')
  async rotate(
    @CurrentAuthor() author: ChangeAuthor,
    @Param() { id }: KeyPath,
    @RequestBody() { overlapMs }: RotationRequest,
  ): Promise<ResponseWithHeaders<NewKeyResponse>> {
    return this.created(await this.keys.rotate(author, id, overlapMs));
  }

  private created(issued: IssuedApiKey): ResponseWithHeaders<NewKeyResponse> {
    const headers = { Location: `/admin/keys/${issued.key.id}`, 'Cache-Control': 'no-store' };
    return new ResponseWithHeaders(NewKeyResponse.ofIssued(issued, this.clock.now()), headers);
  }
}
