import { Module } from '@nestjs/common';

/** The dialect of other internal services. */
@Module({})
export class PayApiModule {}
