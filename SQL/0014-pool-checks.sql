-- A domain's check is compiled once a session, but the way of a column into its domain with every statement, and a pool has
-- twenty-two such columns. `adds_up`, which is compiled once a session, looks at them instead.

SET LOCAL ROLE seatledger_owner;

ALTER TABLE pool DROP CONSTRAINT pool_adds_up;

ALTER TABLE pool
  ALTER COLUMN purchased TYPE bigint, ALTER COLUMN purchased_cents TYPE bigint,
  ALTER COLUMN transferred_in TYPE bigint, ALTER COLUMN transferred_in_cents TYPE bigint,
  ALTER COLUMN transferred_out TYPE bigint, ALTER COLUMN transferred_out_cents TYPE bigint,
  ALTER COLUMN available TYPE bigint, ALTER COLUMN available_cents TYPE bigint,
  ALTER COLUMN held TYPE bigint, ALTER COLUMN held_cents TYPE bigint,
  ALTER COLUMN reserved TYPE bigint, ALTER COLUMN reserved_cents TYPE bigint,
  ALTER COLUMN consumed TYPE bigint, ALTER COLUMN consumed_cents TYPE bigint,
  ALTER COLUMN forfeited TYPE bigint, ALTER COLUMN forfeited_cents TYPE bigint,
  ALTER COLUMN expired TYPE bigint, ALTER COLUMN expired_cents TYPE bigint,
  ALTER COLUMN returned TYPE bigint, ALTER COLUMN returned_cents TYPE bigint,
  ALTER COLUMN third_tries TYPE bigint, ALTER COLUMN uses TYPE bigint;

DROP DOMAIN cent_count;

CREATE OR REPLACE FUNCTION adds_up(p pool) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN
    -- Nothing that is counted is negative,
    LEAST(
      p.purchased, p.purchased_cents, p.transferred_in, p.transferred_in_cents, p.transferred_out,
      p.transferred_out_cents, p.available, p.available_cents, p.held, p.held_cents, p.reserved, p.reserved_cents,
      p.consumed, p.consumed_cents, p.forfeited, p.forfeited_cents, p.expired, p.expired_cents, p.returned,
      p.returned_cents, p.third_tries, p.uses) >= 0
    -- every seat is somewhere,
    AND p.purchased + p.transferred_in
      = p.available + p.held + p.reserved + p.consumed + p.forfeited + p.expired + p.returned + p.transferred_out
    -- every cent is somewhere,
    AND p.purchased_cents + p.transferred_in_cents
      = p.available_cents + p.held_cents + p.reserved_cents + p.consumed_cents + p.forfeited_cents + p.expired_cents
        + p.returned_cents + p.transferred_out_cents
    -- and no cents are without seats.
    AND (p.available > 0 OR p.available_cents = 0) AND (p.held > 0 OR p.held_cents = 0)
    AND (p.reserved > 0 OR p.reserved_cents = 0) AND (p.consumed > 0 OR p.consumed_cents = 0)
    AND (p.forfeited > 0 OR p.forfeited_cents = 0) AND (p.expired > 0 OR p.expired_cents = 0)
    AND (p.returned > 0 OR p.returned_cents = 0);
END
$$;

ALTER TABLE pool ADD CONSTRAINT pool_adds_up CHECK (adds_up(pool.*));

RESET ROLE;
