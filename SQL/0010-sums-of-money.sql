-- A sum of money over many pools, as far as a bigint counts. One district may buy, order for order, more than that in an
-- afternoon; a report that fails for it would fail for every district that is in it.

SET LOCAL ROLE seatledger_owner;

CREATE FUNCTION cents(sum numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN sum > 9223372036854775807 THEN 9223372036854775807 ELSE sum END::bigint
$$;

RESET ROLE;
