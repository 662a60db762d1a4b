#!lua flags=allow-oom
-- Rebuild, step 2: put one live order's tokens into the new held or sold records.
--
-- KEYS[1] sale       hash    must not exist
-- KEYS[2] rebuild    string  the fence: who rebuilds; renewed
-- KEYS[3] deadlines  zset    a RESERVED order enters it
-- KEYS[4] hold       hash    written for a RESERVED order
-- KEYS[5] timer      string  written while the deadline is ahead
-- KEYS[6] cart       string  names a RESERVED order (unused when ARGV[7] is empty)
-- KEYS[7] idem       string  names the order (unused when ARGV[8] is empty)
-- KEYS[8..]          per product, under the rebuild's names: held hash, sold hash, limit hash
-- ARGV[1] rebuild id  ARGV[2] lease, ms  ARGV[3] how long leftovers live, ms
-- ARGV[4] orderId  ARGV[5] RESERVED or PAID  ARGV[6] customer  ARGV[7] cartId or ''  ARGV[8] idempotency key or ''
-- ARGV[9] fingerprint of the items  ARGV[10] deadline, ms  ARGV[11] extensions had, joined by commas
-- ARGV[12] fingerprint of the request  ARGV[13] until when the key is remembered, ms
-- ARGV[14..]         per product: productId, its tokens joined by commas
-- Returns {'placed', nowMs} | {'fenced', nowMs} | {'alreadyReady', nowMs}
local sale, rebuild, deadlines, hold, timer, cart, idem = unpack(KEYS, 1, 7)
local order, status, customer, cartId, key, print, deadline, extensions = unpack(ARGV, 4, 11)
local now, leftoverMs = clock(), tonumber(ARGV[3])
if redis.call('GET', rebuild) ~= ARGV[1] then return { 'fenced', now } end
if redis.call('EXISTS', sale) == 1 then return { 'alreadyReady', now } end
redis.call('PEXPIRE', rebuild, tonumber(ARGV[2]))
deadline = tonumber(deadline)
if status == 'RESERVED' then
  local names = {}
  for i = 14, #ARGV, 2 do names[i - 13], names[i - 12] = 'tokens:' .. ARGV[i], ARGV[i + 1] end
  redis.call('ZADD', deadlines, deadline, order)
  redis.call('HSET', hold, 'customer', customer, 'cart', cartId, 'key', key, 'fingerprint', print, 'deadlineMs', deadline, 'extensions', extensions, unpack(names))
  if deadline > now then redis.call('SET', timer, '1', 'PXAT', deadline) end
  if cartId ~= '' then redis.call('SET', cart, order .. ' ' .. print) end
end
remember(idem, key, order, ARGV[12], tonumber(ARGV[13]), now)
for i = 14, #ARGV, 2 do
  local held, sold, limit = unpack(KEYS, 8 + (i - 14) / 2 * 3, 10 + (i - 14) / 2 * 3)
  local target, units = status == 'PAID' and sold or held, 0
  for token in each(ARGV[i + 1]) do
    units = units + redis.call('HSET', target, token, order)
    -- Placed as RESERVED and paid meanwhile: twice in the records, it would stand in for a unit that is lost.
    if status == 'PAID' and redis.call('HGET', held, token) == order then units = units - redis.call('HDEL', held, token) end
  end
  count(limit, customer, units)
  redis.call('PEXPIRE', target, leftoverMs)
  redis.call('PEXPIRE', limit, leftoverMs)
end
return { 'placed', now }
