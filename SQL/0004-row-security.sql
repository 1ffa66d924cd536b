-- The belt beside the braces: whoever reads sees the rows of the tenants it reads for, whatever the statement says.
--
--   writer    the lanes: every tenant's rows, under the tenant's lock
--   reader    answers requests: the tenants that the batch is for, named in seatledger.tenants for one transaction
--   auditor   proofs and the rollover's questions: every tenant's rows, to read
--   district  a district's own SQL tools: the tenants that sql_access gives to the role that asks
--   owner     nothing: it holds the tables and reads none of them

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['seatledger_auditor', 'seatledger_district'] LOOP
    LOOP
      BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
          EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        END IF;
        IF NOT EXISTS (
          SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
          WHERE r.rolname = name AND u.rolname = current_user
        ) THEN
          EXECUTE format('GRANT %I TO CURRENT_USER', name);
        END IF;
        EXIT;
      EXCEPTION WHEN duplicate_object OR unique_violation OR internal_error THEN
        -- Somebody else was faster; look again.
      END;
    END LOOP;
  END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO seatledger_auditor, seatledger_district;

SET LOCAL ROLE seatledger_owner;

CREATE TABLE sql_access (
  tenant_id integer NOT NULL,
  role      name    NOT NULL,
  PRIMARY KEY (tenant_id, role)
);
COMMENT ON TABLE sql_access IS
  'Which role of PostgreSQL reads which tenant. A role is let in by GRANT seatledger_district TO it, and a row here.';

DO $$
DECLARE
  name text;
BEGIN
  -- A tenant's business.
  FOREACH name IN ARRAY ARRAY['journal', 'pool', 'attempt', 'approval', 'hold', 'sealed_year', 'school', 'audit'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY writer ON %I TO seatledger_writer USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO seatledger_auditor USING (true)', name);
    EXECUTE format(
      'CREATE POLICY reader ON %I FOR SELECT TO seatledger_reader USING (
         tenant_id = ANY ((SELECT nullif(current_setting(''seatledger.tenants'', true), ''''))::int[]))', name);
    -- By who asks, never by what it says of itself.
    EXECUTE format(
      'CREATE POLICY district ON %I FOR SELECT TO seatledger_district USING (EXISTS (
         SELECT FROM sql_access s WHERE s.role = current_user AND s.tenant_id = %I.tenant_id))', name, name);
  END LOOP;
  -- Who is who: what a connection must know before it knows its tenant.
  FOREACH name IN ARRAY ARRAY['tenant', 'access_grant', 'token'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY writer ON %I TO seatledger_writer USING (true) WITH CHECK (true)', name);
    EXECUTE format('CREATE POLICY reader ON %I FOR SELECT TO seatledger_reader, seatledger_auditor USING (true)', name);
  END LOOP;
END
$$;

CREATE POLICY district ON tenant FOR SELECT TO seatledger_district USING (EXISTS (
  SELECT FROM sql_access s WHERE s.role = current_user AND s.tenant_id = tenant.tenant_id));

ALTER TABLE sql_access ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sql_access FOR SELECT TO seatledger_district USING (role = current_user);

RESET ROLE;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO seatledger_auditor;
REVOKE SELECT ON sql_access FROM seatledger_auditor;
GRANT SELECT ON tenant, school, journal, pool, attempt, approval, hold, sealed_year, program, test, sql_access
  TO seatledger_district;
