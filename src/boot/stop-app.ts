import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Accepts no more requests, and ends once those in flight are answered and the worker has stopped. Nest alone would
 * close the server last, and accept payments for as long as the worker waits for Stripe.
 */
export async function stopApp(app: NestFastifyApplication): Promise<void> {
  await Promise.all([app.getHttpAdapter().close(), app.close()]);
}
