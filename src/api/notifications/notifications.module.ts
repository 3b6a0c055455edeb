import { Module } from '@nestjs/common';
import { NotificationsModule } from '../../notifications/notifications.module.js';
import { EndpointsController } from './endpoints.controller.js';
import { NotificationsController } from './notifications.controller.js';
import { PaymentCallbackController } from './payment-callback.controller.js';

/** The API for services and partners that want to be notified. */
@Module({
  imports: [NotificationsModule],
  controllers: [EndpointsController, NotificationsController, PaymentCallbackController],
})
export class NotificationsApiModule {}
