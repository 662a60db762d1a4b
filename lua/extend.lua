#!lua flags=allow-oom
-- Move the deadline of a running hold, once for each reason.
--
-- KEYS[1] sale       hash    extension length
-- KEYS[2] hold       hash    deadline and extensions had
-- KEYS[3] timer      string  armed for the new deadline
-- KEYS[4] deadlines  zset    order → deadline, ms
-- KEYS[5] ledger     stream  every transition
-- ARGV[1] orderId  ARGV[2] reason: asked or paying  ARGV[3] changes channel  ARGV[4] ledger length, entries
-- Returns {'extended', nowMs, deadlineMs} | {'alreadyExtended', nowMs, deadlineMs} | {'expired', nowMs} | {'absent', nowMs} | {'saleNotReady', nowMs}
local sale, hold, timer, deadlines, ledger = unpack(KEYS)
local order, reason, channel, ledgerLength, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), clock()
local extendMs = tonumber(redis.call('HGET', sale, 'extendMs') or nil)
if not extendMs then return { 'saleNotReady', now } end
local deadline, extensions = unpack(redis.call('HMGET', hold, 'deadlineMs', 'extensions'))
if not deadline then return { 'absent', now } end
if redis.call('EXISTS', timer) == 0 then return { 'expired', now } end
for had in each(extensions) do
  if had == reason then return { 'alreadyExtended', now, tonumber(deadline) } end
end

local later = tonumber(deadline) + extendMs
redis.call('HSET', hold, 'deadlineMs', later, 'extensions', extensions == '' and reason or extensions .. ',' .. reason)
redis.call('ZADD', deadlines, later, order)
redis.call('SET', timer, '1', 'PXAT', later)
record(ledger, ledgerLength, channel, 'extend', order, {}, now)
return { 'extended', now, later }
