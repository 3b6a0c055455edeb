import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../config/settings.js';
import { blaming } from './with-setting-error.js';

const PORT_CODES = new Set(['EADDRINUSE', 'EACCES']);

/**
 * Has the application listen, and returns its URL. By Fastify's own `listen`, as Nest's would log a failure besides.
 *
 * @throws {SettingsError} naming PORT or HOST
 */
export async function listen(app: NestFastifyApplication, { HOST, PORT }: Settings): Promise<string> {
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  return blaming(
    (code) => (PORT_CODES.has(code) ? 'PORT' : 'HOST'),
    () => fastify.listen({ host: HOST, port: PORT }),
  );
}
