CREATE TABLE "event_targets" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"object_id" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"lease_id" uuid NOT NULL,
	"lease_expires_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_walk" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"backfill_needed_since" timestamp with time zone,
	CONSTRAINT "event_walk_one_row" CHECK ("event_walk"."id" = 1)
);
--> statement-breakpoint
DROP INDEX "webhook_events_received";--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "object_id" text;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "target_id" text;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "state" text;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "source" text DEFAULT 'webhook' NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "created_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "attempts" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "webhook_events" ADD COLUMN "last_error" text;--> statement-breakpoint
CREATE INDEX "event_targets_due" ON "event_targets" USING btree ("retry_at");--> statement-breakpoint
CREATE INDEX "webhook_events_state" ON "webhook_events" USING btree ("state","received_at","id");--> statement-breakpoint
CREATE INDEX "webhook_events_open" ON "webhook_events" USING btree ("target_id") WHERE state in ('stored', 'dead');--> statement-breakpoint
CREATE INDEX "webhook_events_missed" ON "webhook_events" USING btree ("received_at") WHERE source = 'walk';--> statement-breakpoint
CREATE INDEX "webhook_events_received" ON "webhook_events" USING btree ("received_at","id");