-- A head moves from the one that a batch was decided on to the one behind its last entry.

SET LOCAL ROLE seatledger_owner;

CREATE TYPE head_move AS (
  tenant_id integer, last_seq bigint, recorded_at bigint, last_audit bigint, last_hash bytea,
  expected_audit bigint, expected_hash bytea);

DROP TYPE tenant_head;

RESET ROLE;
