CREATE TABLE "upgrade_claims" (
	"customer" text NOT NULL,
	"product_id" text NOT NULL,
	"operation_id" uuid NOT NULL,
	CONSTRAINT "upgrade_claims_product" PRIMARY KEY("customer","product_id"),
	CONSTRAINT "upgrade_claims_operation" UNIQUE("operation_id")
);
--> statement-breakpoint
ALTER TABLE "upgrade_claims" ADD CONSTRAINT "upgrade_claims_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE cascade ON UPDATE no action;