-- In a step of its own: an index that is built in one transaction with changes of its table is not used until all older
-- transactions are over.

SET LOCAL ROLE seatledger_owner;

DROP INDEX attempt_of_candidate;
CREATE UNIQUE INDEX attempt_of_candidate ON attempt (tenant_id, candidate, candidate_seq);

RESET ROLE;
