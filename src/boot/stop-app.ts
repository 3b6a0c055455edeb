import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Takes no more calls from now on, and ends once those in flight are answered and the worker has let go. Nest alone
 * would close the server last, and take on money for as long as the worker waits for Stripe.
 */
export async function stopApp(app: NestFastifyApplication): Promise<void> {
  await Promise.all([app.getHttpAdapter().close(), app.close()]);
}
