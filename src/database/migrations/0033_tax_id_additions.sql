CREATE TABLE "tax_id_additions" (
	"id" text PRIMARY KEY NOT NULL,
	"customer" text NOT NULL,
	"key" text NOT NULL,
	"begun_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone,
	"replayed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "tax_id_additions_customer" ON "tax_id_additions" USING btree ("customer");