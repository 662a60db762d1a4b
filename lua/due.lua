#!lua flags=no-writes
-- Name the holds whose deadline has passed by Redis's clock, oldest first.
--
-- KEYS[1] sale       hash  ready or not
-- KEYS[2] deadlines  zset  order → deadline, ms
-- ARGV[1] most orders to name
-- Returns {'due', nowMs, orderId, ...} | {'saleNotReady', nowMs}
local sale, deadlines, most, now = KEYS[1], KEYS[2], tonumber(ARGV[1]), clock()
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end
return { 'due', now, unpack(redis.call('ZRANGEBYSCORE', deadlines, '-inf', now, 'LIMIT', 0, most)) }
