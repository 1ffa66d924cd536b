-- Block holds (R28), sealed years (R26) and reversals (R23): views of the journal, too, but for the index that lets no
-- entry be reversed twice.

SET LOCAL ROLE seatledger_owner;

CREATE TABLE hold (
  tenant_id integer    NOT NULL,
  until     date       NOT NULL,              -- its last day, in the tenant's zone
  hold      bigint     NOT NULL,
  pool      bigint     NOT NULL,
  seats     seat_count NOT NULL,              -- what is left: neither drawn, nor released, nor expired
  PRIMARY KEY (tenant_id, hold)
) WITH (fillfactor = 70);
CREATE INDEX hold_of_pool ON hold (tenant_id, pool) WHERE seats > 0;
CREATE INDEX hold_due ON hold (until, tenant_id, hold) WHERE seats > 0;
COMMENT ON TABLE hold IS 'Seats that a school keeps for candidates it has not named yet, out of one pool.';

CREATE TABLE sealed_year (
  tenant_id integer  NOT NULL,
  year      smallint NOT NULL,                -- the first calendar year of the academic year
  program   text     NOT NULL COLLATE "C",
  PRIMARY KEY (tenant_id, program, year)
);
COMMENT ON TABLE sealed_year IS 'A program''s year that takes no entries any more.';

-- Reversals are few: an entry that reverses none costs this index nothing.
CREATE UNIQUE INDEX journal_reversal ON journal (tenant_id, reverses) WHERE reverses IS NOT NULL;

-- What paid retests have cost, pool by pool: only they are in it.
CREATE INDEX attempt_third_try ON attempt (tenant_id, pool) WHERE third_try;

RESET ROLE;

GRANT SELECT ON hold, sealed_year TO seatledger_writer, seatledger_reader;
GRANT INSERT, UPDATE ON hold TO seatledger_writer;
GRANT INSERT ON sealed_year TO seatledger_writer;
