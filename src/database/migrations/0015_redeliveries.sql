CREATE TABLE "payment_deliveries" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "payment_deliveries_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"payment_id" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"notification_id" uuid NOT NULL,
	"type" text NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"state" text NOT NULL
);
--> statement-breakpoint
DROP INDEX "notification_queues_next";--> statement-breakpoint
ALTER TABLE "notification_queues" ADD COLUMN "is_redelivery" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "callback" jsonb;--> statement-breakpoint
CREATE INDEX "payment_deliveries_payment" ON "payment_deliveries" USING btree ("payment_id","at");--> statement-breakpoint
CREATE INDEX "notification_queues_due" ON "notification_queues" USING btree ("endpoint_id","is_redelivery","retry_at");