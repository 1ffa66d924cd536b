-- A trigger for each row made closing a pool twice as dear, and every other change of one a little. So the batch that
-- closes pools takes them out of the table of open pools itself, all of them at once; what changes a pool without turning
-- it leaves its `closed` alone.
--
-- Opening a pool, for the first time or again, is rare and keeps its trigger: a daemon of an older version that still runs
-- during an upgrade must not open any that never end. One that it closes stays in the table, which costs a look, no more.

SET LOCAL ROLE seatledger_owner;

DROP TRIGGER pool_turns ON pool;

CREATE OR REPLACE FUNCTION open_pool_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO open_pool (tenant_id, expires, pool) VALUES (NEW.tenant_id, NEW.expires, NEW.pool)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

CREATE TRIGGER pool_reopens AFTER UPDATE OF closed ON pool
  FOR EACH ROW WHEN (OLD.closed AND NOT NEW.closed) EXECUTE FUNCTION open_pool_follows();

RESET ROLE;
