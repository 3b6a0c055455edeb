import { createRequire } from 'node:module';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemDocument } from '../http/problem-document.js';
import { addNotificationWebhooks, NOTIFICATION_MODELS } from './notification-webhooks.js';
import { addProblemResponses } from './problem-responses.js';

const { version } = createRequire(import.meta.url)('#package.json') as { version: string };

const DOCS_URL = /^\/docs(\/|$)/;

const DESCRIPTION = `Payments through Stripe: one service, and an API for each kind of caller.

Get a credential with \`npm run -s token\`, press **Authorize**, and try any route. Amounts are never floats.
Errors are \`application/problem+json\` documents; \`type\` says which error it is.`;

/** The OpenAPI document of every route and every notification. */
export function createOpenApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Paydesk')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: USER_TOKEN }, 'user')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: PARTNER_KEY }, 'partner')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: SERVICE_KEY }, 'service')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [ProblemDocument, ...NOTIFICATION_MODELS],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  return addNotificationWebhooks(addProblemResponses(document));
}

/**
 * Swagger UI at `/docs`, which loads no third-party assets and keeps no credential, and the document at
 * `/docs/openapi.json`.
 */
export function setUpDocs(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', (route) => {
      if (DOCS_URL.test(route.url)) route.config = { ...route.config, access: 'anyone' };
    });
  SwaggerModule.setup('docs', app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    raw: ['json'],
    customSiteTitle: 'Paydesk API',
    swaggerOptions: { persistAuthorization: false, displayRequestDuration: true },
  });
}

const USER_TOKEN = 'Token of a signed-in user: `npm run -s token -- user USER_ID`';
const PARTNER_KEY = 'Key of a partner: `npm run -s token -- partner TENANT`';
const SERVICE_KEY = 'Key of an internal service: `npm run -s token -- service NAME`';
