CREATE TABLE "operation_reviews" (
	"operation_id" uuid PRIMARY KEY NOT NULL,
	"finding" text NOT NULL,
	"closed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "operation_reviews" ADD CONSTRAINT "operation_reviews_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;