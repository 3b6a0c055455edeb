import { setTimeout } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ReadinessService } from '../health/readiness.service.js';

/**
 * Reports the application as not ready, and gives load balancers time to take it out. Meanwhile requests still arrive
 * and are accepted: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination-flow
 */
export async function drainApp(app: NestFastifyApplication, drainMs: number): Promise<void> {
  app.get(ReadinessService, { strict: false }).stop();
  await setTimeout(drainMs);
}
