export { createPaydeskClient, type PaydeskClient, type PaydeskClientOptions } from './client.js';
export type { Problem, ProblemType } from './problem.js';
export { type Notification, verifyNotification } from './notification.js';
