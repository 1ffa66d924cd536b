-- What opens a pool, for the first time or again, the database itself puts into the table of open pools: a daemon of an
-- older version that still runs during an upgrade must not open any that never end. One that it closes stays in the table,
-- which costs a look, no more.
--
-- Closing has no trigger, which doubled what it costs: the batch takes its pools out of the table, all of them at once. And
-- what changes a pool without turning it leaves its `closed` alone.

SET LOCAL ROLE seatledger_owner;

CREATE FUNCTION open_pool_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO open_pool (tenant_id, expires, pool) VALUES (NEW.tenant_id, NEW.expires, NEW.pool)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER pool_opens AFTER INSERT ON pool
  FOR EACH ROW WHEN (NOT NEW.closed) EXECUTE FUNCTION open_pool_follows();
CREATE TRIGGER pool_reopens AFTER UPDATE OF closed ON pool
  FOR EACH ROW WHEN (OLD.closed AND NOT NEW.closed) EXECUTE FUNCTION open_pool_follows();

RESET ROLE;

-- What such a daemon has done since the table was made. The owner reads none of the tables; the writer does.
SET LOCAL ROLE seatledger_writer;
INSERT INTO open_pool SELECT tenant_id, expires, pool FROM pool WHERE NOT closed ON CONFLICT DO NOTHING;
DELETE FROM open_pool o USING pool p WHERE p.tenant_id = o.tenant_id AND p.pool = o.pool AND p.closed;
RESET ROLE;
