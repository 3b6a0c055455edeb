CREATE TABLE "attached_payment_methods" (
	"payment_method_id" text PRIMARY KEY NOT NULL,
	"stripe_customer_id" text NOT NULL
);
--> statement-breakpoint
CREATE INDEX "attached_payment_methods_customer" ON "attached_payment_methods" USING btree ("stripe_customer_id");