CREATE TABLE "brake_counts" (
	"tenant" text NOT NULL,
	"user_id" text NOT NULL,
	"kind" text NOT NULL,
	"entries" jsonb NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "brake_counts_owner" PRIMARY KEY("tenant","user_id","kind")
);
--> statement-breakpoint
CREATE TABLE "brake_declines" (
	"operation_id" uuid PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL,
	"user_id" text NOT NULL,
	"declined_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "brake_partners" (
	"tenant" text PRIMARY KEY NOT NULL,
	"blocked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "rate_limits" (
	"key" varchar(255) PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE INDEX "brake_declines_owner" ON "brake_declines" USING btree ("tenant","user_id","declined_at");--> statement-breakpoint
CREATE INDEX "brake_declines_tenant" ON "brake_declines" USING btree ("tenant","declined_at");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "operations_charges" ON "operations" USING btree ("caller","created_at") WHERE kind = 'charge';