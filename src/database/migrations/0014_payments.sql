CREATE TABLE "payment_disputes" (
	"dispute_id" text PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"status" text NOT NULL,
	"reason" text NOT NULL,
	"due_by" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "payment_refunds" (
	"refund_id" text PRIMARY KEY NOT NULL,
	"payment_id" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"status" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payment_subscriptions" (
	"position" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "payment_subscriptions_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"subscription_id" text,
	"payment_id" text,
	"session_id" text,
	"operation_id" uuid,
	"caller" text,
	"tenant" text,
	"user_id" text,
	"shop_transaction_id" text,
	"customer_id" text,
	"status" text NOT NULL,
	"current_period_start" timestamp with time zone,
	"current_period_end" timestamp with time zone,
	"cancel_at" timestamp with time zone,
	"cancel_at_period_end" boolean NOT NULL,
	"ended_at" timestamp with time zone,
	"items" jsonb NOT NULL,
	"latest_invoice" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "payment_subscriptions_subscription_id" UNIQUE("subscription_id"),
	CONSTRAINT "payment_subscriptions_session_id" UNIQUE("session_id")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"payment_id" text PRIMARY KEY NOT NULL,
	"position" bigint GENERATED ALWAYS AS IDENTITY (sequence name "payments_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"operation_id" uuid,
	"caller" text,
	"tenant" text,
	"user_id" text,
	"shop_transaction_id" text,
	"type" text NOT NULL,
	"status" text NOT NULL,
	"stage" text NOT NULL,
	"checkout_status" text,
	"session_id" text,
	"payment_intent_id" text,
	"charge_id" text,
	"invoice_id" text,
	"subscription_id" text,
	"customer_id" text,
	"amount_minor" bigint NOT NULL,
	"refunded_minor" bigint NOT NULL,
	"disputed_minor" bigint NOT NULL,
	"fee_minor" bigint,
	"net_minor" bigint,
	"currency" text NOT NULL,
	"card_brand" text,
	"card_last4" text,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	"revision" integer NOT NULL,
	"timeline" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "payment_disputes" ADD CONSTRAINT "payment_disputes_payment_id_payments_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "payment_refunds" ADD CONSTRAINT "payment_refunds_payment_id_payments_payment_id_fk" FOREIGN KEY ("payment_id") REFERENCES "public"."payments"("payment_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "payment_disputes_payment" ON "payment_disputes" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_refunds_payment" ON "payment_refunds" USING btree ("payment_id");--> statement-breakpoint
CREATE INDEX "payment_subscriptions_list" ON "payment_subscriptions" USING btree ("status","created_at","position");--> statement-breakpoint
CREATE INDEX "payment_subscriptions_of_tenant" ON "payment_subscriptions" USING btree ("tenant","status","created_at","position");--> statement-breakpoint
CREATE INDEX "payment_subscriptions_of_caller" ON "payment_subscriptions" USING btree ("caller","status","created_at","position");--> statement-breakpoint
CREATE INDEX "payment_subscriptions_of_caller_and_tenant" ON "payment_subscriptions" USING btree ("caller","tenant","status","created_at","position");--> statement-breakpoint
CREATE INDEX "payment_subscriptions_of_user" ON "payment_subscriptions" USING btree ("tenant","user_id","created_at","position");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_session" ON "payments" USING btree ("session_id");--> statement-breakpoint
CREATE UNIQUE INDEX "payments_payment_intent" ON "payments" USING btree ("payment_intent_id");--> statement-breakpoint
CREATE INDEX "payments_charge" ON "payments" USING btree ("charge_id");--> statement-breakpoint
CREATE INDEX "payments_invoice" ON "payments" USING btree ("invoice_id");--> statement-breakpoint
CREATE INDEX "payments_subscription" ON "payments" USING btree ("subscription_id","created_at");--> statement-breakpoint
CREATE INDEX "payments_operation" ON "payments" USING btree ("operation_id");--> statement-breakpoint
CREATE INDEX "payments_list" ON "payments" USING btree ("status","type","created_at","position");--> statement-breakpoint
CREATE INDEX "payments_of_tenant" ON "payments" USING btree ("tenant","status","type","created_at","position");--> statement-breakpoint
CREATE INDEX "payments_of_caller" ON "payments" USING btree ("caller","status","type","created_at","position");--> statement-breakpoint
CREATE INDEX "payments_of_caller_and_tenant" ON "payments" USING btree ("caller","tenant","status","type","created_at","position");--> statement-breakpoint
CREATE INDEX "payments_of_user" ON "payments" USING btree ("tenant","user_id","created_at","position");--> statement-breakpoint
CREATE INDEX "payments_of_shop_transaction" ON "payments" USING btree ("shop_transaction_id","created_at","position");