-- The roles that hold and use the tables belong to the whole cluster: a dump of the database does not carry them. So they
-- are looked after with every start, before the steps, which find them there. To be a member is not enough everywhere: who
-- makes a role in PostgreSQL 16 may give it away and not yet use it.

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'seatledger_owner', 'seatledger_writer', 'seatledger_reader', 'seatledger_auditor', 'seatledger_district'] LOOP
    LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
        IF NOT pg_has_role(current_user, name, 'USAGE') THEN
          EXECUTE format('GRANT %I TO CURRENT_USER', name);
        END IF;
        EXIT;
      EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
        -- Another ledger of the cluster was faster; look again.
      END;
    END LOOP;
  END LOOP;
END
$$
