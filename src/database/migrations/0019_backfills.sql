CREATE TABLE "backfills" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"since" timestamp with time zone,
	"started_at" timestamp with time zone NOT NULL,
	"step" text NOT NULL,
	"last_id" text,
	"item_count" integer NOT NULL,
	CONSTRAINT "backfills_one_row" CHECK ("backfills"."id" = 1)
);
