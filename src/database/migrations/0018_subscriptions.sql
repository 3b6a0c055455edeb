ALTER TABLE "payment_subscriptions" ADD COLUMN "checkout_status" text;--> statement-breakpoint
ALTER TABLE "payment_subscriptions" ADD COLUMN "failed_attempts" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
CREATE INDEX "payment_subscriptions_operation" ON "payment_subscriptions" USING btree ("operation_id");