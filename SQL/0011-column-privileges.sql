-- The writer changes what changes in a row's life, and nothing else: not whose an attempt is, not what a tenant is called.

SET LOCAL ROLE seatledger_owner;

REVOKE UPDATE ON tenant, pool, attempt, approval, token, hold FROM seatledger_writer;

GRANT UPDATE (last_seq, last_hash, recorded_at, last_audit) ON tenant TO seatledger_writer;
GRANT UPDATE (
  purchased, purchased_cents, transferred_in, transferred_in_cents, transferred_out, transferred_out_cents,
  available, available_cents, held, held_cents, reserved, reserved_cents, consumed, consumed_cents,
  forfeited, forfeited_cents, expired, expired_cents, returned, returned_cents, third_tries, uses, closed)
  ON pool TO seatledger_writer;
GRANT UPDATE (
  state, appointment_at, whole_day, minutes, started_at, completed_on, seat_bucket, year, reserved_at)
  ON attempt TO seatledger_writer;
GRANT UPDATE (used_by) ON approval TO seatledger_writer;
GRANT UPDATE (revoked_at) ON token TO seatledger_writer;
GRANT UPDATE (seats) ON hold TO seatledger_writer;

RESET ROLE;
