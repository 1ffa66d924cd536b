-- PostgreSQL reads a table's checks anew with every statement, and the three of a pool were 14 kB of expression: half of
-- what a batch's update of five pools took. A function is compiled once a session.

SET LOCAL ROLE seatledger_owner;

CREATE FUNCTION adds_up(p pool) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN
    -- Every seat is somewhere,
    p.purchased + p.transferred_in
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

ALTER TABLE pool
  DROP CONSTRAINT every_seat_is_somewhere, DROP CONSTRAINT every_cent_is_somewhere,
  DROP CONSTRAINT no_cents_without_seats,
  ADD CONSTRAINT pool_adds_up CHECK (adds_up(pool.*));

RESET ROLE;
