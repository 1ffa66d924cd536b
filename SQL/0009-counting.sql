-- Counting and clearing follow the size of all tables that are written much.
--
-- The lanes and whoever answers requests plan by index whatever the counts say, and what an update leaves behind on its
-- page is cleared when the page is next changed. So the few per cent that called for another pass, every five seconds while
-- seats were reserved and all through a rollover, bought nothing for some four per cent of the machine.

SET LOCAL ROLE seatledger_owner;

ALTER TABLE tenant SET (autovacuum_analyze_scale_factor = 10);
ALTER TABLE journal SET (autovacuum_vacuum_insert_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE pool SET (autovacuum_analyze_scale_factor = 2);
ALTER TABLE open_pool SET (autovacuum_analyze_scale_factor = 2);
ALTER TABLE attempt SET (autovacuum_vacuum_scale_factor = 0.2, autovacuum_analyze_scale_factor = 0.5);

RESET ROLE;
