-- Vacuuming follows the size of these tables.
--
-- A rollover changes some 30,000 pools a second, and every few seconds both tables had more than the 5,000 dead rows that
-- called for a pass over them, large as they were: a tenth of the machine, and live commands waited for it. Nothing needs
-- it so soon: an update of a pool stays on its page, which is cleared when it is next changed, and who looks for due pools
-- goes on behind the last one.

SET LOCAL ROLE seatledger_owner;

ALTER TABLE pool SET (autovacuum_vacuum_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);
ALTER TABLE open_pool SET (autovacuum_vacuum_scale_factor = 0.5, autovacuum_analyze_scale_factor = 0.5);

RESET ROLE;
