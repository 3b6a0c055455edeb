CREATE TABLE "payment_callers" (
	"stripe_id" text PRIMARY KEY NOT NULL,
	"caller" text NOT NULL,
	"operation_id" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL
);
