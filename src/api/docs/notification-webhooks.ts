import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { NOTIFICATION_TYPES, TEST_TYPE } from '../../notifications/notification-types.js';
import { OperationResponse } from '../operations/operation.dto.js';
import { PaymentMethodResponse } from '../partners/payment-method.dto.js';
import { DisputeViewResponse, PaymentRecordResponse, RefundViewResponse } from '../services/payments.dto.js';
import { InvoiceResponse, SubscriptionResponse } from '../dto/subscription.response.js';
import {
  type DocumentedType,
  exampleDataOf,
  type ExampleObject,
  exampleSubjectOf,
} from './notification-examples.js';
import { exampleOf, type Schema } from './schema-example.js';

/** What the `data` of notifications can have. */
const DATA = {
  payment: PaymentRecordResponse,
  refund: RefundViewResponse,
  dispute: DisputeViewResponse,
  subscription: SubscriptionResponse,
  invoice: InvoiceResponse,
  paymentMethod: PaymentMethodResponse,
  operation: OperationResponse,
};

/** The models of the `webhooks` section, some of which no route answers with. */
export const NOTIFICATION_MODELS = Object.values(DATA);

type DataKey = keyof typeof DATA;

/** What notifications have by the first word of their type. */
const FAMILIES: Readonly<Record<string, { keys: readonly DataKey[]; subject: string }>> = {
  payment: { keys: ['payment'], subject: 'The paymentID' },
  refund: { keys: ['payment', 'refund'], subject: 'The paymentID' },
  dispute: { keys: ['payment', 'dispute'], subject: 'The paymentID' },
  checkout: {
    keys: ['payment'],
    subject: 'The paymentID; of a subscription its id, or that of the Checkout Session while there is none',
  },
  subscription: { keys: ['subscription'], subject: 'The subscriptionID' },
  invoice: { keys: ['subscription', 'invoice'], subject: 'The subscriptionID' },
  payment_method: { keys: ['paymentMethod'], subject: '`<tenant>/<userId>`' },
  operation: { keys: ['operation'], subject: 'The id of the operation' },
  endpoint: { keys: [], subject: 'The id of the endpoint' },
};

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#webhook-headers-sending-metadata-to-consumers */
const HEADERS = {
  'webhook-id':
    'The id of the notification, the same at every attempt and every endpoint. A receiver handles each id once.',
  'webhook-timestamp':
    'When this attempt was made, in seconds since 1970. A receiver refuses one that is more than 5 minutes off.',
  'webhook-signature':
    '`v1,` and the HMAC-SHA256 of `<webhook-id>.<webhook-timestamp>.<body>` in base64, with the secret of the endpoint. ' +
    'For 24 hours after a rotation there are two, separated by a space.',
};

const TEST_DATA: Schema = {
  type: 'object',
  required: ['endpointId'],
  properties: {
    endpointId: { type: 'string', format: 'uuid', example: '0b6f3f4e-6a53-4f0e-9d0f-6f2c8f3a1d57' },
  },
};

const CONFIRM_URL: Schema = {
  type: 'string',
  format: 'uri',
  description:
    'The page on which the customer can authenticate the payment or pay with another card, for CONFIRM_LINK_HOURS. ' +
    'Whoever has the link can pay. Absent if PUBLIC_URL is not set',
  example: 'https://pay.example/confirm/pi_3TUvWxABCDEFGHIJ0RSTUVWX.t3k9p1.c2lnbmF0dXJl',
};

/** When each is sent. */
const SUMMARIES: Readonly<Record<DocumentedType, string>> = {
  'payment.succeeded': 'A payment has succeeded. Sent once for each payment',
  'payment.failed': 'The status of a payment has become FAILED',
  'payment.processing': 'The bank is processing a payment',
  'payment.action_required': 'The customer has to do something for a payment',
  'payment.canceled': 'A payment was canceled',
  'refund.succeeded': 'A refund has succeeded',
  'refund.failed': 'A refund has failed',
  'checkout.completed': 'The customer has completed a Checkout page',
  'checkout.expired': 'A Checkout page has expired',
  'subscription.active': 'A subscription is active for the first time',
  'subscription.past_due': 'A subscription is past due',
  'subscription.recovered': 'A subscription that was past due is active again',
  'subscription.canceled': 'A subscription has ended',
  'invoice.payment_failed': 'A payment of an invoice of a subscription has failed',
  'dispute.opened': 'A payment was disputed',
  'dispute.closed': 'A dispute was won or lost',
  'payment_method.attached': 'A card was saved for a user',
  'payment_method.detached': 'A card of a user was removed',
  'operation.needs_review': 'A person has to find out the outcome of an operation',
  'endpoint.test': 'The test of an endpoint, which only that endpoint gets',
};

/** Adds what endpoints get to the document: one webhook for each type. */
export function addNotificationWebhooks(document: OpenAPIObject): OpenAPIObject {
  const schemas = document.components?.schemas ?? {};
  const types: DocumentedType[] = [...NOTIFICATION_TYPES, TEST_TYPE];
  document.webhooks = Object.fromEntries(types.map((type) => [type, { post: webhookOf(type, schemas) }]));
  return document;
}

function webhookOf(type: DocumentedType, schemas: Readonly<Record<string, Schema>>) {
  const schema = bodySchema(type);
  return {
    summary: SUMMARIES[type],
    description:
      'Delivered at least once, in the order of `sequence` within a `subject`, and signed as ' +
      'https://www.standardwebhooks.com says: verify it with a library from there. The whole answer may take 15 seconds ' +
      'by default.',
    tags: ['Notifications'],
    security: [],
    parameters: Object.entries(HEADERS).map(([name, description]) => ({
      name,
      in: 'header' as const,
      required: true,
      description,
      schema: { type: 'string' as const },
    })),
    requestBody: {
      required: true,
      content: { 'application/json': { schema, example: exampleBody(type, schema, schemas) } },
    },
    responses: {
      '2XX': { description: 'It is delivered.' },
      '410': { description: 'The endpoint is switched off.' },
      default: { description: 'It is delivered again later. `Retry-After` is honoured.' },
    },
  };
}

function bodySchema(type: DocumentedType): Schema {
  const { subject } = familyOf(type);
  const properties: Record<string, Schema> = {
    id: { type: 'string', format: 'uuid', example: '5d6c1f64-3f0b-4c7e-8a41-0c9a7f5f1e23' },
    type: { type: 'string', enum: [type] },
    timestamp: { type: 'string', format: 'date-time', example: '2026-11-22T09:30:00.000Z' },
    subject: { type: 'string', description: subject },
    sequence: { type: 'integer', description: 'Counts per subject, from 1 without gaps', example: 1 },
    data: dataSchema(type),
  };
  return { type: 'object', required: Object.keys(properties), properties };
}

function dataSchema(type: DocumentedType): Schema {
  if (type === TEST_TYPE) return TEST_DATA;
  if (type.startsWith('checkout.')) return { oneOf: [objectOf(['payment']), objectOf(['subscription'])] };
  const { keys } = familyOf(type);
  return type === 'payment.action_required' ? objectOf(keys, { confirm_url: CONFIRM_URL }) : objectOf(keys);
}

function objectOf(keys: readonly DataKey[], optional: Readonly<Record<string, Schema>> = {}): Schema {
  const properties = keys.map((key) => [key, { $ref: getSchemaPath(DATA[key]) }]);
  return {
    type: 'object',
    required: [...keys],
    properties: { ...Object.fromEntries(properties), ...optional },
  };
}

function exampleBody(
  type: DocumentedType,
  schema: Schema,
  schemas: Readonly<Record<string, Schema>>,
): ExampleObject {
  const body = exampleOf(schema, schemas) as ExampleObject;
  const data = exampleDataOf(type, body.data as Record<string, ExampleObject>);
  return { ...body, subject: exampleSubjectOf(data), data };
}

function familyOf(type: DocumentedType) {
  const family = FAMILIES[type.split('.')[0] ?? ''];
  if (!family) throw new Error(`${type} is not documented`);
  return family;
}
