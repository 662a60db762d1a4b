#!lua flags=allow-oom
-- Rebuild, step 1: forget the holds that are still on the sweep's list of a sale that is not ready.
--
-- KEYS[1] sale       hash    must not exist
-- KEYS[2] rebuild    string  the fence: who rebuilds; renewed
-- KEYS[3] deadlines  zset    these orders leave it
-- KEYS[4..]          per order: hold hash, timer string
-- ARGV[1] rebuild id  ARGV[2] lease, ms
-- ARGV[3..]          orderId of each order
-- Returns {'cleared', nowMs} | {'fenced', nowMs} | {'alreadyReady', nowMs}
local sale, rebuild, deadlines, now = KEYS[1], KEYS[2], KEYS[3], clock()
if redis.call('GET', rebuild) ~= ARGV[1] then return { 'fenced', now } end
if redis.call('EXISTS', sale) == 1 then return { 'alreadyReady', now } end
redis.call('PEXPIRE', rebuild, tonumber(ARGV[2]))
for i = 3, #ARGV do redis.call('ZREM', deadlines, ARGV[i]) end
for i = 4, #KEYS do redis.call('DEL', KEYS[i]) end
return { 'cleared', now }
