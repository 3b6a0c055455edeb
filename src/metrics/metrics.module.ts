import { type DynamicModule, Module } from '@nestjs/common';
import { BacklogStore } from './backlog.store.js';
import { Metrics } from './metrics.js';
import { MetricsService } from './metrics.service.js';

/** Metrics for Prometheus. Only there if they are served. */
@Module({})
export class MetricsModule {
  /** @param metrics in which the rest of the process counts */
  static forRoot(metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      providers: [{ provide: Metrics, useValue: metrics }, BacklogStore, MetricsService],
      exports: [MetricsService],
    };
  }
}
