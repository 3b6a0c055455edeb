ALTER TABLE "payment_disputes" ADD COLUMN "stripe_status" text;--> statement-breakpoint
ALTER TABLE "payment_disputes" ADD COLUMN "has_evidence" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_disputes" ADD COLUMN "is_past_due" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_disputes" ADD COLUMN "submission_count" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "payment_disputes" ADD COLUMN "created_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "payment_disputes_list" ON "payment_disputes" USING btree ("created_at","dispute_id");--> statement-breakpoint
CREATE INDEX "payment_disputes_of_status" ON "payment_disputes" USING btree ("status","created_at","dispute_id");--> statement-breakpoint
UPDATE "payment_disputes" SET "created_at" = "payments"."created_at" FROM "payments" WHERE "payments"."payment_id" = "payment_disputes"."payment_id";
