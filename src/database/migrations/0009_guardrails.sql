CREATE TABLE "guardrail_counters" (
	"key_id" uuid NOT NULL,
	"day" date NOT NULL,
	"limit_name" text NOT NULL,
	"currency" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	CONSTRAINT "guardrail_counters_limit" PRIMARY KEY("key_id","day","limit_name","currency"),
	CONSTRAINT "guardrail_counters_never_negative" CHECK ("guardrail_counters"."amount_minor" >= 0)
);
--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "guardrails" jsonb;--> statement-breakpoint
ALTER TABLE "api_keys" ADD COLUMN "counter_key_id" uuid;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "counted" jsonb;--> statement-breakpoint
ALTER TABLE "guardrail_counters" ADD CONSTRAINT "guardrail_counters_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_counter_key_id_api_keys_id_fk" FOREIGN KEY ("counter_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;