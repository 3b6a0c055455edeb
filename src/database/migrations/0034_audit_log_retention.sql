CREATE INDEX IF NOT EXISTS "audit_log_at" ON "audit_log" USING btree ("at");--> statement-breakpoint
CREATE OR REPLACE FUNCTION "refuse_audit_log_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is append only: % is refused', TG_OP USING
    ERRCODE = 'insufficient_privilege', HINT = 'Only entries that are older than 366 days can be deleted.';
END
$$;--> statement-breakpoint
CREATE OR REPLACE TRIGGER "audit_log_append_only" BEFORE UPDATE OR TRUNCATE ON "audit_log"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_log_change"();--> statement-breakpoint
ALTER TABLE "audit_log" ENABLE ALWAYS TRIGGER "audit_log_append_only";--> statement-breakpoint
-- 366 days in hours, because a day has 23 to 25 hours in some time zones. PostgreSQL binds the names in a WHEN here and now, so
-- that no search_path changes what they mean.
CREATE TRIGGER "audit_log_keep_recent" BEFORE DELETE ON "audit_log" FOR EACH ROW
  WHEN (OLD."at" > now() - interval '8784 hours') EXECUTE FUNCTION "refuse_audit_log_change"();--> statement-breakpoint
ALTER TABLE "audit_log" ENABLE ALWAYS TRIGGER "audit_log_keep_recent";
