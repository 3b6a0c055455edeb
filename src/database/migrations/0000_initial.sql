CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"key_sha256" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "api_keys_key_sha256" UNIQUE("key_sha256")
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"tenant" text NOT NULL,
	"user_id" text NOT NULL,
	"stripe_customer_id" text,
	"generation" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "customers_owner" PRIMARY KEY("tenant","user_id"),
	CONSTRAINT "customers_stripe_customer_id" UNIQUE("stripe_customer_id")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"caller" text NOT NULL,
	"fingerprint" text NOT NULL,
	"state" text NOT NULL,
	"plan" jsonb,
	"outcome" jsonb,
	"lease_id" uuid NOT NULL,
	"lease_expires_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp with time zone NOT NULL,
	"first_sent_at" timestamp with time zone,
	"first_looked_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "refund_reservations" (
	"operation_id" uuid PRIMARY KEY NOT NULL,
	"charge_id" text NOT NULL,
	"amount_minor" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refundable_charges" (
	"charge_id" text PRIMARY KEY NOT NULL,
	"captured_minor" bigint NOT NULL,
	"refunded_elsewhere_minor" bigint NOT NULL,
	"reserved_minor" bigint NOT NULL,
	CONSTRAINT "refundable_charges_never_over" CHECK ("refundable_charges"."refunded_elsewhere_minor" + "refundable_charges"."reserved_minor" <= "refundable_charges"."captured_minor")
);
--> statement-breakpoint
CREATE TABLE "webhook_events" (
	"id" text PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"handled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "refund_reservations" ADD CONSTRAINT "refund_reservations_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "refund_reservations" ADD CONSTRAINT "refund_reservations_charge_id_refundable_charges_charge_id_fk" FOREIGN KEY ("charge_id") REFERENCES "public"."refundable_charges"("charge_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "operations_due" ON "operations" USING btree ("retry_at") WHERE state = 'running';--> statement-breakpoint
CREATE INDEX "operations_prunable" ON "operations" USING btree ("created_at") WHERE state = 'done';--> statement-breakpoint
CREATE INDEX "refund_reservations_charge" ON "refund_reservations" USING btree ("charge_id");--> statement-breakpoint
CREATE INDEX "webhook_events_received" ON "webhook_events" USING btree ("received_at");