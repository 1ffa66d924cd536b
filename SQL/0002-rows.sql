-- How rows travel: a batch sends the rows of a table as one array of a row type. An array a column would cost a scan, a
-- store and a memory context for each of them with every statement.
--
-- The columns have the types of the tables, but text where the table has an enumeration, whose number only the database
-- knows.

SET LOCAL ROLE seatledger_owner;

CREATE TYPE entry_row AS (
  tenant_id integer, seq bigint, kind text, from_pool bigint, from_bucket text, to_pool bigint, to_bucket text,
  seats bigint, cents bigint, attempt bigint, reverses bigint, effective_at bigint, recorded_at bigint, hash bytea,
  principal text, actor text, reason text, detail text, idem text, request text, answer text);

CREATE TYPE pool_change AS (
  tenant_id integer, pool bigint,
  purchased bigint, purchased_cents bigint,
  transferred_in bigint, transferred_in_cents bigint,
  transferred_out bigint, transferred_out_cents bigint,
  available bigint, available_cents bigint,
  held bigint, held_cents bigint,
  reserved bigint, reserved_cents bigint,
  consumed bigint, consumed_cents bigint,
  forfeited bigint, forfeited_cents bigint,
  expired bigint, expired_cents bigint,
  returned bigint, returned_cents bigint,
  third_tries bigint, uses bigint, closed boolean);

CREATE TYPE pool_row AS (
  tenant_id integer, pool bigint,
  purchased bigint, purchased_cents bigint,
  transferred_in bigint, transferred_in_cents bigint,
  transferred_out bigint, transferred_out_cents bigint,
  available bigint, available_cents bigint,
  held bigint, held_cents bigint,
  reserved bigint, reserved_cents bigint,
  consumed bigint, consumed_cents bigint,
  forfeited bigint, forfeited_cents bigint,
  expired bigint, expired_cents bigint,
  returned bigint, returned_cents bigint,
  third_tries bigint, uses bigint, closed boolean,
  expires date, kind text, school text, program text, fund text);

CREATE TYPE attempt_change AS (
  tenant_id integer, attempt bigint,
  appointment_at bigint, started_at bigint, completed_on date, minutes smallint, year smallint, whole_day boolean,
  state text, seat_bucket text, reserved_at bigint);

CREATE TYPE attempt_row AS (
  tenant_id integer, attempt bigint,
  appointment_at bigint, started_at bigint, completed_on date, minutes smallint, year smallint, whole_day boolean,
  state text, seat_bucket text, reserved_at bigint,
  seat_of bigint, pool bigint, approval bigint, seat_cents bigint, number smallint,
  third_try boolean, school text, candidate text, test text, program text);

CREATE TYPE tenant_head AS (
  tenant_id integer, last_seq bigint, recorded_at bigint, last_audit bigint, last_hash bytea);

-- What a single column can check is a domain: a session compiles it once, a table's checks with every statement.

CREATE DOMAIN journal_position AS bigint CHECK (VALUE >= 0);
CREATE DOMAIN entry_hash AS bytea CHECK (length(VALUE) = 32);
CREATE DOMAIN attempt_number AS smallint CHECK (VALUE > 0);

ALTER TABLE tenant
  DROP CONSTRAINT tenant_last_seq_check, DROP CONSTRAINT tenant_last_audit_check,
  DROP CONSTRAINT tenant_last_hash_check,
  ALTER COLUMN last_seq TYPE journal_position, ALTER COLUMN last_audit TYPE journal_position,
  ALTER COLUMN last_hash TYPE entry_hash;

-- A pool may expire with more seats than an integer counts.

ALTER TABLE journal ALTER COLUMN seats TYPE bigint;

ALTER TABLE attempt DROP CONSTRAINT attempt_number_check, ALTER COLUMN number TYPE attempt_number;

-- Plans are made once and for all, by index; what they need of statistics is little, and to sample every column of a
-- growing journal again and again took a twelfth of the machine.

ALTER TABLE journal
  ALTER COLUMN seats SET STATISTICS 0, ALTER COLUMN cents SET STATISTICS 0, ALTER COLUMN effective_at SET STATISTICS 0,
  ALTER COLUMN recorded_at SET STATISTICS 0, ALTER COLUMN from_pool SET STATISTICS 0,
  ALTER COLUMN to_pool SET STATISTICS 0, ALTER COLUMN attempt SET STATISTICS 0, ALTER COLUMN reverses SET STATISTICS 0,
  ALTER COLUMN kind SET STATISTICS 0, ALTER COLUMN from_bucket SET STATISTICS 0,
  ALTER COLUMN to_bucket SET STATISTICS 0, ALTER COLUMN hash SET STATISTICS 0, ALTER COLUMN principal SET STATISTICS 0,
  ALTER COLUMN actor SET STATISTICS 0, ALTER COLUMN reason SET STATISTICS 0, ALTER COLUMN detail SET STATISTICS 0,
  ALTER COLUMN request SET STATISTICS 0, ALTER COLUMN answer SET STATISTICS 0,
  ALTER COLUMN tenant_id SET STATISTICS 10, ALTER COLUMN seq SET STATISTICS 10, ALTER COLUMN idem SET STATISTICS 10;

ALTER TABLE attempt
  ALTER COLUMN completed_on SET STATISTICS 0, ALTER COLUMN reserved_at SET STATISTICS 0,
  ALTER COLUMN appointment_at SET STATISTICS 0, ALTER COLUMN started_at SET STATISTICS 0,
  ALTER COLUMN seat_of SET STATISTICS 0, ALTER COLUMN approval SET STATISTICS 0,
  ALTER COLUMN seat_cents SET STATISTICS 0, ALTER COLUMN number SET STATISTICS 0, ALTER COLUMN year SET STATISTICS 0,
  ALTER COLUMN minutes SET STATISTICS 0, ALTER COLUMN seat_bucket SET STATISTICS 0,
  ALTER COLUMN whole_day SET STATISTICS 0, ALTER COLUMN third_try SET STATISTICS 0,
  ALTER COLUMN test SET STATISTICS 0, ALTER COLUMN program SET STATISTICS 0,
  ALTER COLUMN tenant_id SET STATISTICS 10, ALTER COLUMN attempt SET STATISTICS 10, ALTER COLUMN pool SET STATISTICS 10,
  ALTER COLUMN state SET STATISTICS 10, ALTER COLUMN school SET STATISTICS 10,
  ALTER COLUMN candidate SET STATISTICS 10;

RESET ROLE;
