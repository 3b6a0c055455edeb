ALTER TABLE "payments" ADD COLUMN "replacement_id" uuid;--> statement-breakpoint
CREATE INDEX "payments_replacement" ON "payments" USING btree ("replacement_id") WHERE replacement_id is not null;