CREATE SEQUENCE "public"."notification_positions" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
DROP INDEX "notification_queues_due";--> statement-breakpoint
ALTER TABLE "notification_queues" ADD COLUMN "id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
CREATE INDEX "notification_queues_next" ON "notification_queues" USING btree ("retry_at");--> statement-breakpoint
ALTER TABLE "notification_queues" ADD CONSTRAINT "notification_queues_id" UNIQUE("id");