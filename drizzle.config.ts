import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './src/database/schema.ts',
    './src/database/schema-checkout.ts',
    './src/database/schema-payments.ts',
    './src/database/schema-tax-ids.ts',
  ],
  out: './src/database/migrations',
});
