-- The year's end closes every pool in one night, which must not cost each of them new entries in the indexes of its table:
-- an index that leaves closed pools out, as this ledger once had, makes just that of it. So the pools whose end is still to
-- come stand in a table of their own, and leave it.

SET LOCAL ROLE seatledger_owner;

CREATE TABLE open_pool (
  tenant_id integer NOT NULL,
  expires   date    NOT NULL,
  pool      bigint  NOT NULL,
  PRIMARY KEY (tenant_id, pool)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX open_pool_due ON open_pool (expires, tenant_id, pool);
COMMENT ON TABLE open_pool IS 'Pools whose end has not been posted, by their last day.';

ALTER TABLE open_pool ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON open_pool TO seatledger_writer USING (true) WITH CHECK (true);
CREATE POLICY auditor ON open_pool FOR SELECT TO seatledger_auditor USING (true);

DROP INDEX pool_due;

RESET ROLE;

GRANT SELECT, INSERT, DELETE ON open_pool TO seatledger_writer;
GRANT SELECT ON open_pool TO seatledger_auditor;

-- The owner reads none of the tables; the writer does.
SET LOCAL ROLE seatledger_writer;
INSERT INTO open_pool SELECT tenant_id, expires, pool FROM pool WHERE NOT closed;
RESET ROLE;
