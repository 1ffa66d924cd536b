-- A candidate's attempts are numbered, whatever their tests and however they ended. An attempt that was taken for the
-- candidate's first meets the one with that number in the index, so none has to be looked for beforehand.

SET LOCAL ROLE seatledger_owner;

ALTER TABLE attempt ADD COLUMN candidate_seq integer;
GRANT UPDATE (candidate_seq) ON attempt TO seatledger_writer;
RESET ROLE;

-- The owner reads none of the tables; the writer does.
SET LOCAL ROLE seatledger_writer;
UPDATE attempt a SET candidate_seq = counted.candidate_seq
FROM (
  SELECT tenant_id, attempt, row_number() OVER (PARTITION BY tenant_id, candidate ORDER BY attempt) AS candidate_seq
  FROM attempt) counted
WHERE a.tenant_id = counted.tenant_id AND a.attempt = counted.attempt;
RESET ROLE;

SET LOCAL ROLE seatledger_owner;
REVOKE UPDATE (candidate_seq) ON attempt FROM seatledger_writer;
ALTER TABLE attempt ALTER COLUMN candidate_seq SET NOT NULL, ALTER COLUMN candidate_seq SET STATISTICS 0;
ALTER TYPE attempt_row ADD ATTRIBUTE candidate_seq integer;

RESET ROLE;
