import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Settings } from '../config/settings.js';
import { withSettingError } from './with-setting-error.js';

const PORT_CODES = new Set(['EADDRINUSE', 'EACCES']);

/**
 * Makes the application listen on `HOST` and `PORT`. Calls Fastify's own `listen`, because Nest's would also log the
 * error.
 *
 * @returns the URL it listens on
 * @throws {SettingsError} naming PORT or HOST
 */
export async function listen(app: NestFastifyApplication, { HOST, PORT }: Settings): Promise<string> {
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  return withSettingError(
    (code) => (PORT_CODES.has(code) ? 'PORT' : 'HOST'),
    () => fastify.listen({ host: HOST, port: PORT }),
  );
}
