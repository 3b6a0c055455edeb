CREATE TABLE "checkout_claims" (
	"caller" text NOT NULL,
	"shop_transaction_id" text NOT NULL,
	"operation_id" uuid NOT NULL,
	CONSTRAINT "checkout_claims_transaction" PRIMARY KEY("caller","shop_transaction_id"),
	CONSTRAINT "checkout_claims_operation" UNIQUE("operation_id")
);
--> statement-breakpoint
ALTER TABLE "checkout_claims" ADD CONSTRAINT "checkout_claims_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE cascade ON UPDATE no action;