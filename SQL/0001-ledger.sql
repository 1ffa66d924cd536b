-- The ledger: a journal per tenant, which is the truth, and the tables beside it, which are views that are kept.
--
-- The tenant is the boundary of everything. Every primary key begins with tenant_id, no entry spans two tenants, and
-- every change inside a tenant is made under the lock of its row in `tenant`, so that a tenant's entries have a gapless
-- seq in the order of their commits. Tenant 0 is the ledger itself: what all tenants share belongs to it.
--
-- Instants are microseconds since 1970-01-01T00:00:00Z, money is in cents, and a thing is numbered by the journal entry
-- that made it: pool 12 was opened by entry 12 of its tenant, attempt 13 reserved by entry 13.

-- Roles ---------------------------------------------------------------------------------------------------------------
-- The owner holds the tables and logs in nowhere. The daemon's sessions become the writer or the reader.

-- Roles belong to the whole cluster, not to this database: another ledger may make them at the same moment.

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['seatledger_owner', 'seatledger_writer', 'seatledger_reader'] LOOP
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

GRANT USAGE, CREATE ON SCHEMA public TO seatledger_owner;
GRANT USAGE ON SCHEMA public TO seatledger_writer, seatledger_reader;

SET LOCAL ROLE seatledger_owner;

-- Words ---------------------------------------------------------------------------------------------------------------

CREATE TYPE entry_kind AS ENUM (
  'purchase', 'return', 'transfer', 'reverse', 'hold', 'release', 'reserve', 'schedule', 'approve', 'start', 'result',
  'cancel', 'no-show', 'expire', 'unexpire', 'seal');

CREATE TYPE bucket AS ENUM ('available', 'held', 'reserved', 'consumed', 'forfeited', 'expired', 'returned');

CREATE TYPE pool_kind AS ENUM ('seats', 'site');

CREATE TYPE attempt_state AS ENUM (
  'reserved', 'started', 'passed', 'failed', 'incomplete', 'cancelled', 'no-show', 'expired');

CREATE TYPE grant_role AS ENUM ('operator', 'finance', 'school', 'approver', 'scheduler', 'auditor');

-- What is counted is never negative. As domains, because a session compiles a domain's check once and a table's with
-- every statement.
CREATE DOMAIN seat_count AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN cent_count AS bigint CHECK (VALUE >= 0);

-- The ledger itself ---------------------------------------------------------------------------------------------------

CREATE TABLE ledger (
  tenant_id  integer PRIMARY KEY DEFAULT 0 CHECK (tenant_id = 0),
  id         text    NOT NULL,               -- begins every tenant's chain of hashes
  lanes      integer NOT NULL CHECK (lanes BETWEEN 1 AND 64),
  test_clock boolean NOT NULL                -- born under a test clock: it opens only under one
);
COMMENT ON TABLE ledger IS 'The one ledger that this database holds. Every daemon on it uses the same number of lanes.';

CREATE TABLE program (
  tenant_id       integer NOT NULL DEFAULT 0 CHECK (tenant_id = 0),
  code            text    NOT NULL COLLATE "C",
  name            text    NOT NULL,
  coverage        text    NOT NULL CHECK (coverage IN ('series', 'test')),
  expiry_days     integer,                   -- NULL: June 30 of the seat's academic year
  free_retests    integer NOT NULL CHECK (free_retests >= 0),
  paid_retests    integer,                   -- NULL: unlimited
  approval_needed boolean NOT NULL,
  wait_days       integer NOT NULL CHECK (wait_days >= 0),
  wait_binds      text    NOT NULL CHECK (wait_binds IN ('appointment', 'booking')),
  starts_anew     boolean NOT NULL,
  retest_in_year  boolean NOT NULL,
  no_show         text    NOT NULL CHECK (no_show IN ('release', 'forfeit')),
  cutoff_days     integer NOT NULL CHECK (cutoff_days >= 0),
  order_fee       boolean NOT NULL,
  certificate     integer NOT NULL CHECK (certificate > 0),
  renewable       boolean NOT NULL,
  proctor         boolean NOT NULL,
  PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE program IS 'A vendor''s licence scheme with its policy profile. Added, never changed.';

CREATE TABLE test (
  tenant_id integer NOT NULL DEFAULT 0 CHECK (tenant_id = 0),
  code      text    NOT NULL COLLATE "C",
  program   text    NOT NULL COLLATE "C",
  series    text    NOT NULL COLLATE "C",
  name      text    NOT NULL,
  minutes   integer NOT NULL CHECK (minutes > 0),
  PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE test IS 'A test of a program''s series. Its code is unique in the whole ledger. Added, never changed.';

-- Tenants -------------------------------------------------------------------------------------------------------------

CREATE TABLE tenant (
  tenant_id   integer PRIMARY KEY,
  last_seq    bigint  NOT NULL DEFAULT 0 CHECK (last_seq >= 0),
  recorded_at bigint  NOT NULL DEFAULT 0,    -- of the last entry: recorded time never runs backwards
  last_audit  bigint  NOT NULL DEFAULT 0 CHECK (last_audit >= 0),
  code        text    NOT NULL COLLATE "C" UNIQUE,
  name        text    NOT NULL,
  zone        text    NOT NULL,              -- IANA
  last_hash   bytea   NOT NULL CHECK (length(last_hash) = 32)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE tenant IS 'A district, and the lock under which everything in it changes. Tenant 0 is the ledger.';

CREATE TABLE school (
  tenant_id integer NOT NULL,
  code      text    NOT NULL COLLATE "C",
  name      text    NOT NULL,
  PRIMARY KEY (tenant_id, code)
);
COMMENT ON TABLE school IS 'A site of a tenant; every tenant has the site "district". Added, never removed.';

CREATE TABLE access_grant (
  tenant_id integer    NOT NULL,
  principal text       NOT NULL COLLATE "C", -- uid:N, group:NAME or token:NAME
  role      grant_role NOT NULL,
  school    text       NOT NULL COLLATE "C" DEFAULT '',
  PRIMARY KEY (tenant_id, principal, role, school)
);
CREATE INDEX access_grant_of_principal ON access_grant (principal);

CREATE TABLE token (
  tenant_id   integer NOT NULL,
  name        text    NOT NULL COLLATE "C",
  id          text    NOT NULL COLLATE "C" UNIQUE,
  secret_hash bytea   NOT NULL CHECK (length(secret_hash) = 32),  -- SHA-256; the secret itself is nowhere
  issued_at   bigint  NOT NULL,
  revoked_at  bigint,
  PRIMARY KEY (tenant_id, name)
);

CREATE TABLE audit (
  tenant_id   integer NOT NULL,
  number      bigint  NOT NULL,
  recorded_at bigint  NOT NULL,
  principal   text    NOT NULL,
  actor       text,
  request     text    NOT NULL,
  idem        text    COLLATE "C",
  kept        text,                          -- the whole request that the key stands for
  answer      text,
  PRIMARY KEY (tenant_id, number)
);
CREATE UNIQUE INDEX audit_key ON audit (tenant_id, idem) WHERE idem IS NOT NULL;
COMMENT ON TABLE audit IS 'Who added which school, grant or token, when.';

-- The journal ---------------------------------------------------------------------------------------------------------

CREATE TABLE journal (
  tenant_id    integer    NOT NULL,
  seats        integer    NOT NULL,
  seq          bigint     NOT NULL,
  cents        bigint     NOT NULL,
  effective_at bigint     NOT NULL,          -- when it happened
  recorded_at  bigint     NOT NULL,          -- when the journal learnt of it
  from_pool    bigint,
  to_pool      bigint,
  attempt      bigint,
  reverses     bigint,                       -- the entry that this one reverses
  kind         entry_kind NOT NULL,
  from_bucket  bucket,
  to_bucket    bucket,
  hash         bytea      NOT NULL,          -- SHA-256 of the hash before it and this entry
  principal    text       NOT NULL,
  actor        text,                         -- who asked, when the principal serves several people
  reason       text,
  detail       text,                         -- the facts beside the seats: the tables can be rebuilt from them
  idem         text       COLLATE "C",       -- with the first entry of a command that came with a key,
  request      text,                         --   what was asked
  answer       text,                         --   and what was answered
  CHECK (seq > 0 AND seats >= 0 AND cents >= 0 AND (seats > 0 OR cents = 0)),
  PRIMARY KEY (tenant_id, seq)
) WITH (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01);
CREATE UNIQUE INDEX journal_key ON journal (tenant_id, idem) WHERE idem IS NOT NULL;
COMMENT ON TABLE journal IS 'Every change of a tenant''s seats and attempts, in order. Append-only.';

CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the journal is append-only: % is refused', TG_OP
    USING ERRCODE = 'insufficient_privilege', HINT = 'Post another entry that corrects the wrong one.';
END
$$;

CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();

-- What follows from the journal ---------------------------------------------------------------------------------------

CREATE TABLE pool (
  tenant_id             integer    NOT NULL,
  expires               date       NOT NULL,  -- the last day on which its seats are worth anything, in the tenant's zone
  pool                  bigint     NOT NULL,
  purchased             seat_count NOT NULL,
  purchased_cents       cent_count NOT NULL,
  transferred_in        seat_count NOT NULL,
  transferred_in_cents  cent_count NOT NULL,
  transferred_out       seat_count NOT NULL,
  transferred_out_cents cent_count NOT NULL,
  available             seat_count NOT NULL,
  available_cents       cent_count NOT NULL,
  held                  seat_count NOT NULL,
  held_cents            cent_count NOT NULL,
  reserved              seat_count NOT NULL,
  reserved_cents        cent_count NOT NULL,
  consumed              seat_count NOT NULL,
  consumed_cents        cent_count NOT NULL,
  forfeited             seat_count NOT NULL,
  forfeited_cents       cent_count NOT NULL,
  expired               seat_count NOT NULL,
  expired_cents         cent_count NOT NULL,
  returned              seat_count NOT NULL,
  returned_cents        cent_count NOT NULL,
  third_tries           seat_count NOT NULL,
  uses                  seat_count NOT NULL,
  kind                  pool_kind  NOT NULL,
  closed                boolean    NOT NULL,  -- the end of its expiry date has been posted
  school                text       NOT NULL COLLATE "C",
  program               text       NOT NULL COLLATE "C",
  fund                  text       NOT NULL COLLATE "C",
  PRIMARY KEY (tenant_id, pool),
  UNIQUE (tenant_id, school, program, expires, fund, kind),
  CONSTRAINT every_seat_is_somewhere CHECK (
    purchased + transferred_in
      = available + held + reserved + consumed + forfeited + expired + returned + transferred_out),
  CONSTRAINT every_cent_is_somewhere CHECK (
    purchased_cents + transferred_in_cents
      = available_cents + held_cents + reserved_cents + consumed_cents + forfeited_cents + expired_cents
        + returned_cents + transferred_out_cents),
  CONSTRAINT no_cents_without_seats CHECK (
    (available > 0 OR available_cents = 0) AND (held > 0 OR held_cents = 0) AND (reserved > 0 OR reserved_cents = 0)
    AND (consumed > 0 OR consumed_cents = 0) AND (forfeited > 0 OR forfeited_cents = 0)
    AND (expired > 0 OR expired_cents = 0) AND (returned > 0 OR returned_cents = 0))
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX pool_due ON pool (expires, tenant_id, pool) WHERE NOT closed;
COMMENT ON TABLE pool IS 'The seats of one school, program, kind, fund and expiry date, and where they are.';

CREATE TABLE attempt (
  tenant_id      integer       NOT NULL,
  completed_on   date,
  attempt        bigint        NOT NULL,
  reserved_at    bigint        NOT NULL,     -- nothing happens to it before
  appointment_at bigint,                     -- the moment, or the first one of the day
  started_at     bigint,
  seat_of        bigint,                     -- the attempt that took the seat which this one uses
  pool           bigint,                     -- of that seat
  approval       bigint,
  seat_cents     bigint,
  number         smallint      NOT NULL CHECK (number > 0),
  year           smallint      NOT NULL,     -- the first calendar year of the academic year
  minutes        smallint      NOT NULL,
  state          attempt_state NOT NULL,
  seat_bucket    bucket,                     -- where the seat that this attempt took is now
  whole_day      boolean       NOT NULL,     -- the appointment is for a day, not for an hour
  third_try      boolean       NOT NULL,
  school         text          NOT NULL COLLATE "C",
  candidate      text          NOT NULL COLLATE "C",
  test           text          NOT NULL COLLATE "C",
  program        text          NOT NULL COLLATE "C",
  PRIMARY KEY (tenant_id, attempt),
  CHECK ((seat_bucket IS NULL) = (seat_cents IS NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX attempt_of_candidate ON attempt (tenant_id, candidate);
COMMENT ON TABLE attempt IS 'One candidate''s one try at one test, and the seat that it took, if it took one.';

CREATE TABLE approval (
  tenant_id integer NOT NULL,
  approval  bigint  NOT NULL,
  used_by   bigint,                          -- the attempt that uses it
  school    text    NOT NULL COLLATE "C",
  candidate text    NOT NULL COLLATE "C",
  test      text    NOT NULL COLLATE "C",
  principal text    NOT NULL,
  PRIMARY KEY (tenant_id, approval)
);
CREATE INDEX approval_of_candidate ON approval (tenant_id, candidate);
COMMENT ON TABLE approval IS 'Leave for one paid retest, given by somebody else than who reserves it.';

-- Privileges ----------------------------------------------------------------------------------------------------------

RESET ROLE;

GRANT SELECT ON ALL TABLES IN SCHEMA public TO seatledger_writer, seatledger_reader;
GRANT INSERT ON journal, audit TO seatledger_writer;
GRANT INSERT, UPDATE ON tenant, pool, attempt, approval, token TO seatledger_writer;
GRANT INSERT ON school, program, test TO seatledger_writer;
GRANT INSERT, DELETE ON access_grant TO seatledger_writer;
