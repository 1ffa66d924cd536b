-- A trigger for each row made closing a pool twice as dear, and every other change of one a little. So whoever closes
-- pools, or opens them again, tells the table of open pools itself, all of them at once.
--
-- The trigger of a new pool stays: new pools are few, and a daemon of an older version that still runs during an upgrade
-- must not open any that never end.

SET LOCAL ROLE seatledger_owner;

DROP TRIGGER pool_turns ON pool;

CREATE OR REPLACE FUNCTION open_pool_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO open_pool (tenant_id, expires, pool) VALUES (NEW.tenant_id, NEW.expires, NEW.pool)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

RESET ROLE;
