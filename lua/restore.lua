#!lua flags=allow-oom
-- Put a live RESERVED order's tokens back under its hold, and arm its timer for the later of both deadlines.
-- Tokens are taken from the stock, from nowhere, or out of one named hold; out of any other hold never.
--
-- KEYS[1] sale       hash    must exist
-- KEYS[2] hold       hash    written
-- KEYS[3] timer      string  written while the deadline is ahead
-- KEYS[4] deadlines  zset    order → deadline, ms
-- KEYS[5] ledger     stream  every transition
-- KEYS[6] cart       string  names the order again (unused when ARGV[3] is empty)
-- KEYS[7] other hold hash    the one hold that may lose tokens (unused when ARGV[10] is empty)
-- KEYS[8] idem       string  names the order again (unused when ARGV[4] is empty)
-- KEYS[9..]          per product: stock list, held hash, sold hash, limit hash
-- ARGV[1] orderId  ARGV[2] customer  ARGV[3] cartId or ''  ARGV[4] idempotency key or ''  ARGV[5] fingerprint of the items
-- ARGV[6] deadline, ms  ARGV[7] extensions had, joined by commas  ARGV[8] changes channel  ARGV[9] ledger length, entries
-- ARGV[10] the order that may lose tokens, or ''
-- ARGV[11] fingerprint of the request  ARGV[12] until when the key is remembered, ms
-- ARGV[13..]         per product: productId, its tokens joined by commas
-- Returns {'restored', nowMs, units put back, units missing (held by others or sold)} | {'saleNotReady', nowMs}
local sale, hold, timer, deadlines, ledger, cart, otherHold, idem = unpack(KEYS, 1, 8)
local order, customer, cartId, key, print, deadline, extensions, channel = unpack(ARGV, 1, 8)
local ledgerLength, other, now = tonumber(ARGV[9]), ARGV[10], clock()
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end

local lines, missing = {}, 0
for i = 13, #ARGV, 2 do
  local line = { product = ARGV[i], tokens = {} }
  line.stock, line.held, line.sold, line.limit = unpack(KEYS, 9 + (i - 13) * 2, 12 + (i - 13) * 2)
  for token in each(ARGV[i + 1]) do
    local holder = redis.call('HGET', line.held, token)
    if redis.call('HEXISTS', line.sold, token) == 1 or (holder and holder ~= order and holder ~= other) then
      missing = missing + 1
    else
      line.tokens[#line.tokens + 1] = token
    end
  end
  lines[#lines + 1] = line
end

-- As in reserve.lua: the sweep's list, the whole hold, then the units.
local had, hadDeadline = unpack(redis.call('HMGET', hold, 'extensions', 'deadlineMs'))
deadline = math.max(tonumber(deadline), tonumber(hadDeadline or 0))
redis.call('ZADD', deadlines, deadline, order)
redis.call('HSET', hold, 'customer', customer, 'cart', cartId, 'key', key, 'fingerprint', print, 'deadlineMs', deadline, 'extensions', had or extensions, unpack(tokenFields(lines)))
if deadline > now then redis.call('SET', timer, '1', 'PXAT', deadline) end
if cartId ~= '' then redis.call('SET', cart, order .. ' ' .. print) end
remember(idem, key, order, ARGV[11], tonumber(ARGV[12]), now)
local back = {}
for _, line in ipairs(lines) do
  local before = #back
  for _, token in ipairs(line.tokens) do
    local holder = redis.call('HGET', line.held, token)
    if not holder then redis.call('LREM', line.stock, 1, token) end
    if holder and holder ~= order then
      withdraw(otherHold, 'tokens:' .. line.product, token)
      count(line.limit, redis.call('HGET', otherHold, 'customer') or '', -1)
    end
    if holder ~= order then redis.call('HSET', line.held, token, order); back[#back + 1] = token end
  end
  count(line.limit, customer, #back - before)
end
if #back > 0 then record(ledger, ledgerLength, channel, 'restore', order, back, now) end
return { 'restored', now, #back, missing }
