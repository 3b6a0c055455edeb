// Writes openapi.json from the built service: `npm run openapi`. Nothing is connected to for it.
import 'reflect-metadata';
import { writeFile } from 'node:fs/promises';
import { StripeConnection } from '../dist/libs/stripe/stripe-connection.js';
import { createOpenApiDocument } from '../dist/src/api/docs/docs.js';
import { settingsFrom } from '../dist/src/config/settings.js';
import { SystemClock } from '../dist/libs/core/clock.js';
import { createApp } from '../dist/src/create-app.js';

const app = await createApp({
  settings: settingsFrom({ LOG_LEVEL: 'silent', ENCRYPTION_KEY: `${'A'.repeat(43)}=` }),
  clock: new SystemClock(),
  databaseUrl: 'postgresql://unused',
  stripe: new StripeConnection('sk_test_unused'),
});
const file = new URL('../openapi.json', import.meta.url);
await writeFile(file, `${JSON.stringify(createOpenApiDocument(app), null, 2)}\n`);
await app.close();
