import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditLog } from '../../access/audit-log.store.js';
import { Allow } from '../http/allow.decorator.js';
import { RequestQuery } from '../http/declared-input.js';
import { AuditEntryResponse, AuditQuery, AuditResponse } from './audit.dto.js';
import { PAGE_SIZE_DEFAULT } from './page-size.js';

/** Who changed what. */
@ApiTags('Administration')
@Controller('admin/audit')
export class AuditController {
  constructor(private readonly auditLog: AuditLog) {}

  @Get()
  @Allow({ service: 'keys:admin' })
  @ApiOperation({
    summary: 'List changes',
    description:
      "Changes to API keys, to the links between users and Stripe's customers, to notification endpoints and of reviews, " +
      'newest first. An entry is deleted after AUDIT_RETENTION_DAYS.',
  })
  @ApiOkResponse({ type: AuditResponse })
  async list(@RequestQuery() query: AuditQuery): Promise<AuditResponse> {
    const { limit = PAGE_SIZE_DEFAULT, cursor } = query;
    const before = cursor === undefined ? undefined : Number(cursor);
    const { items, hasMore } = await this.auditLog.list(query.toFilter(), Number(limit), before);
    const data = items.map((entry) => AuditEntryResponse.of(entry));
    return { data, nextCursor: (hasMore && data.at(-1)?.id) || null };
  }
}
