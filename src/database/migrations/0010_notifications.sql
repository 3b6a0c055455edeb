CREATE TABLE "notification_deliveries" (
	"notification_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"lane" text NOT NULL,
	"position" bigint NOT NULL,
	"state" text NOT NULL,
	"attempts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "notification_deliveries_key" PRIMARY KEY("notification_id","endpoint_id")
);
--> statement-breakpoint
CREATE TABLE "notification_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"caller" text NOT NULL,
	"tenant" text,
	"has_key" boolean NOT NULL,
	"sees_all" boolean NOT NULL,
	"url" text NOT NULL,
	"types" text[],
	"description" text,
	"enabled" boolean NOT NULL,
	"disabled_reason" text,
	"secret" text NOT NULL,
	"previous_secret" text,
	"previous_secret_expires_at" timestamp with time zone,
	"created_at" timestamp with time zone NOT NULL,
	"failing_since" timestamp with time zone,
	"paused_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "notification_queues" (
	"endpoint_id" uuid NOT NULL,
	"lane" text NOT NULL,
	"retry_at" timestamp with time zone NOT NULL,
	"lease_id" uuid NOT NULL,
	"lease_expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "notification_queues_key" PRIMARY KEY("endpoint_id","lane")
);
--> statement-breakpoint
CREATE TABLE "notification_subjects" (
	"subject" text PRIMARY KEY NOT NULL,
	"last_sequence" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"subject" text NOT NULL,
	"sequence" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"data" jsonb NOT NULL,
	"tenant" text,
	"user_id" text,
	"caller" text,
	"payment_id" text,
	"endpoint_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"inserted" bigint GENERATED ALWAYS AS IDENTITY (sequence name "notifications_inserted_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"position" bigint
);
--> statement-breakpoint
ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_notification_id_notifications_id_fk" FOREIGN KEY ("notification_id") REFERENCES "public"."notifications"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_deliveries" ADD CONSTRAINT "notification_deliveries_endpoint_id_notification_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."notification_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_queues" ADD CONSTRAINT "notification_queues_endpoint_id_notification_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."notification_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notification_deliveries_pending" ON "notification_deliveries" USING btree ("endpoint_id","lane","position") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "notification_deliveries_endpoint" ON "notification_deliveries" USING btree ("endpoint_id","position");--> statement-breakpoint
CREATE INDEX "notification_endpoints_caller" ON "notification_endpoints" USING btree ("caller","created_at");--> statement-breakpoint
CREATE INDEX "notification_queues_due" ON "notification_queues" USING btree ("endpoint_id","retry_at");--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_sequence" ON "notifications" USING btree ("subject","sequence");--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_position" ON "notifications" USING btree ("position");--> statement-breakpoint
CREATE INDEX "notifications_unplaced" ON "notifications" USING btree ("inserted") WHERE position is null;--> statement-breakpoint
CREATE INDEX "notifications_caller" ON "notifications" USING btree ("caller","position");--> statement-breakpoint
CREATE INDEX "notifications_tenant" ON "notifications" USING btree ("tenant","position");--> statement-breakpoint
CREATE INDEX "notifications_payment" ON "notifications" USING btree ("payment_id","position");--> statement-breakpoint
CREATE INDEX "notifications_type" ON "notifications" USING btree ("type","position");--> statement-breakpoint
CREATE INDEX "notifications_created" ON "notifications" USING btree ("created_at","position");