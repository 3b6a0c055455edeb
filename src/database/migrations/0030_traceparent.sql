ALTER TABLE "notifications" ADD COLUMN "traceparent" text;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "traceparent" text;