ALTER TABLE "tax_id_ends" ADD COLUMN "decided_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
-- First, as the transactions that write both tables lock rows of "payments" before they write disputes.
LOCK TABLE "payments" IN EXCLUSIVE MODE;--> statement-breakpoint
CREATE FUNCTION "set_callers_of_disputes"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE payment_disputes SET caller = NEW.caller WHERE payment_id = NEW.payment_id;
  RETURN NULL;
END
$$;--> statement-breakpoint
CREATE TRIGGER "payments_caller" AFTER UPDATE OF "caller" ON "payments" FOR EACH ROW
  WHEN (OLD.caller IS DISTINCT FROM NEW.caller) EXECUTE FUNCTION "set_callers_of_disputes"();--> statement-breakpoint
ALTER TABLE "payment_disputes" ADD COLUMN "caller" text;--> statement-breakpoint
-- The lock waits for a transaction that sets the caller of the payment at the same time.
CREATE FUNCTION "set_caller_of_dispute"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT caller INTO NEW.caller FROM payments WHERE payment_id = NEW.payment_id FOR SHARE;
  RETURN NEW;
END
$$;--> statement-breakpoint
CREATE TRIGGER "payment_disputes_caller" BEFORE INSERT ON "payment_disputes" FOR EACH ROW
  EXECUTE FUNCTION "set_caller_of_dispute"();--> statement-breakpoint
UPDATE "payment_disputes" SET "caller" = "payments"."caller"
  FROM "payments" WHERE "payments"."payment_id" = "payment_disputes"."payment_id";--> statement-breakpoint
CREATE INDEX "payment_disputes_of_caller" ON "payment_disputes" USING btree ("caller","created_at","dispute_id");--> statement-breakpoint
CREATE INDEX "payment_disputes_of_caller_and_status" ON "payment_disputes" USING btree ("caller","status","created_at","dispute_id");
