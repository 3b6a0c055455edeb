CREATE TABLE "tax_id_ends" (
	"tax_id" text PRIMARY KEY NOT NULL,
	"is_kept" boolean NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscription_claims" (
	"subscription_id" text PRIMARY KEY NOT NULL,
	"operation_id" uuid NOT NULL
);
--> statement-breakpoint
ALTER TABLE "subscription_claims" ADD CONSTRAINT "subscription_claims_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "subscription_claims_operation" ON "subscription_claims" USING btree ("operation_id");