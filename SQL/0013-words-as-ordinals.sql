-- A word of an enumeration, which step 2 sent as text, travels as its ordinal among the statement's words: to look it up by
-- its letters took as long as to insert a column.

SET LOCAL ROLE seatledger_owner;

ALTER TYPE entry_row
  ALTER ATTRIBUTE kind TYPE smallint, ALTER ATTRIBUTE from_bucket TYPE smallint, ALTER ATTRIBUTE to_bucket TYPE smallint;
ALTER TYPE pool_row ALTER ATTRIBUTE kind TYPE smallint;
ALTER TYPE attempt_row ALTER ATTRIBUTE state TYPE smallint, ALTER ATTRIBUTE seat_bucket TYPE smallint;
ALTER TYPE attempt_change ALTER ATTRIBUTE state TYPE smallint, ALTER ATTRIBUTE seat_bucket TYPE smallint;

RESET ROLE;
