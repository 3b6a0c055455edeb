CREATE TABLE "former_customers" (
	"stripe_customer_id" text PRIMARY KEY NOT NULL,
	"tenant" text NOT NULL,
	"user_id" text NOT NULL,
	"unlinked_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "former_customers_owner" ON "former_customers" USING btree ("tenant","user_id");