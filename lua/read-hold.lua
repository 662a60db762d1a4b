#!lua flags=no-writes
-- Look at one hold and its timer at one instant.
--
-- KEYS[1] sale   hash    ready or not
-- KEYS[2] hold   hash    what the order holds
-- KEYS[3] timer  string  runs while it exists
-- Returns {'held', nowMs, 1 while the timer runs, field, value, ...} | {'absent', nowMs} | {'saleNotReady', nowMs}
local sale, hold, timer, now = KEYS[1], KEYS[2], KEYS[3], clock()
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end
local fields = redis.call('HGETALL', hold)
if #fields == 0 then return { 'absent', now } end
return { 'held', now, redis.call('EXISTS', timer), unpack(fields) }
