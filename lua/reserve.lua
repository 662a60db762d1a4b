#!lua
-- Hold every unit of a checkout for one customer, or none of them.
--
-- KEYS[1] sale       hash    window, hold length, pause, limits
-- KEYS[2] hold       hash    what this order will hold
-- KEYS[3] timer      string  runs out at the deadline
-- KEYS[4] deadlines  zset    order → deadline, ms
-- KEYS[5] ledger     stream  every transition
-- KEYS[6] cart       string  live order of the cart (unused when ARGV[3] is empty)
-- KEYS[7] idem       string  order of the idempotency key (unused when ARGV[4] is empty)
-- KEYS[8] unpaid     string  how many holds this customer let go unpaid, and until when they wait
-- KEYS[9..]          per product: stock list, held hash, limit hash
-- ARGV[1] orderId  ARGV[2] customer  ARGV[3] cartId or ''  ARGV[4] idempotency key or ''
-- ARGV[5] fingerprint of the request  ARGV[6] fingerprint of the items  ARGV[7] changes channel
-- ARGV[8] how long the key is remembered, ms  ARGV[9] ledger length, entries
-- ARGV[10] '1' when the price is not the one that the customer agreed to: only a known order is answered, else ''
-- ARGV[11..]         per product: productId, quantity (units)
-- Returns {'reserved', nowMs, deadlineMs, tokens of each product joined by commas, ...}
--   | {'saleNotReady', nowMs} | {'saleNotOpen', nowMs, opensAtMs} | {'salePaused', nowMs} | {'saleClosed', nowMs, closesAtMs}
--   | {'priceChanged', nowMs}
--   | {'known', nowMs, orderId, key or cart} | {'keyReused', nowMs, orderId} | {'cartOnHold', nowMs, orderId}
--   | {'holdCooldown', nowMs, untilMs} (too many unpaid holds: wait)
--   | {'limitReached', nowMs, productId, limit, owned, ...} | {'outOfStock', nowMs, productId, available, held, ...}
local sale, hold, timer, deadlines, ledger, cart, idem, unpaid = unpack(KEYS, 1, 8)
local order, customer, cartId, key, requestPrint, itemsPrint, channel = unpack(ARGV, 1, 7)
local idemMs, ledgerLength, now, lines = tonumber(ARGV[8]), tonumber(ARGV[9]), clock(), {}
for i = 11, #ARGV, 2 do
  local k = 9 + (i - 11) / 2 * 3
  lines[#lines + 1] = { product = ARGV[i], quantity = wholeUnits(ARGV[i + 1]), stock = KEYS[k], held = KEYS[k + 1], limit = KEYS[k + 2] }
end

local opensAt, closesAt, holdMs, paused = unpack(redis.call('HMGET', sale, 'opensAtMs', 'closesAtMs', 'holdMs', 'paused'))
if not holdMs then return { 'saleNotReady', now } end
local mine = redis.call('HGET', hold, 'deadlineMs')
if mine then -- the same call again: its first reply was lost
  local reply = { 'reserved', now, tonumber(mine) }
  for _, line in ipairs(lines) do reply[#reply + 1] = redis.call('HGET', hold, 'tokens:' .. line.product) or '' end
  return reply
end
local keyed, keyedPrint = named(key ~= '' and redis.call('GET', idem) or '')
if keyed ~= '' and keyedPrint ~= requestPrint then return { 'keyReused', now, keyed } end
local inCart, inCartPrint = named(cartId ~= '' and redis.call('GET', cart) or '')
if keyed ~= '' and keyed ~= inCart then return { 'known', now, keyed, 'key' } end
if inCart ~= '' and inCartPrint ~= itemsPrint then return { 'cartOnHold', now, inCart } end
if inCart ~= '' then return { 'known', now, inCart, keyed ~= '' and 'key' or 'cart' } end
if now < tonumber(opensAt) then return { 'saleNotOpen', now, tonumber(opensAt) } end
if tonumber(closesAt) > 0 and now >= tonumber(closesAt) then return { 'saleClosed', now, tonumber(closesAt) } end
if paused == '1' then return { 'salePaused', now } end
if ARGV[10] == '1' then return { 'priceChanged', now } end

local over, short, waits = { 'limitReached', now }, { 'outOfStock', now }, cooldown(sale, unpaid, now)
if waits then return { 'holdCooldown', now, waits } end
for _, line in ipairs(lines) do
  local limit, owned, free = tonumber(redis.call('HGET', sale, 'limit:' .. line.product)) or 0, tonumber(redis.call('HGET', line.limit, customer)) or 0, redis.call('LLEN', line.stock)
  if limit > 0 and owned + line.quantity > limit then over[#over + 1] = line.product; over[#over + 1] = limit; over[#over + 1] = owned end
  if free < line.quantity then short[#short + 1] = line.product; short[#short + 1] = free; short[#short + 1] = redis.call('HLEN', line.held) end
end
if #over > 2 or #short > 2 then return #over > 2 and over or short end

-- The sweep's list first, then the whole hold, and only then the units: an AOF cut in between leaves a hold that expires, and
-- that gives back no more than it has taken; never a token or hold that nobody ends.
local deadline, taken = now + tonumber(holdMs), {}
for _, line in ipairs(lines) do line.tokens = redis.call('LRANGE', line.stock, 0, line.quantity - 1) end
redis.call('ZADD', deadlines, deadline, order)
redis.call('HSET', hold, 'customer', customer, 'cart', cartId, 'key', key, 'fingerprint', itemsPrint, 'deadlineMs', deadline, 'extensions', '', unpack(tokenFields(lines)))
redis.call('SET', timer, '1', 'PXAT', deadline)
if cartId ~= '' then redis.call('SET', cart, order .. ' ' .. itemsPrint) end
if key ~= '' then redis.call('SET', idem, order .. ' ' .. requestPrint, 'PX', idemMs) end
for _, line in ipairs(lines) do
  taken[#taken + 1] = table.concat(line.tokens, ',')
  redis.call('LTRIM', line.stock, line.quantity, -1)
  redis.call('HSET', line.held, unpack(owners(line.tokens, order)))
  count(line.limit, customer, line.quantity)
end
record(ledger, ledgerLength, channel, 'reserve', order, taken, now)
return { 'reserved', now, deadline, unpack(taken) }
