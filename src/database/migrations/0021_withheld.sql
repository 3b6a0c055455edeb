ALTER TABLE "payment_subscriptions" ADD COLUMN "withheld" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "withheld" jsonb DEFAULT '[]'::jsonb NOT NULL;