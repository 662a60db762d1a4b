#!lua flags=no-writes
-- Count a sale's tokens at one instant, with the settings that decide whether it sells.
--
-- KEYS[1] sale  hash  window, pause, watermarks
-- KEYS[2..]     per product: stock list, held hash, sold hash
-- ARGV[1..]     productId of each product
-- Returns {'counts', nowMs, opensAtMs, closesAtMs, paused, epoch, available, held, sold, minted of each product, ...} | {'saleNotReady', nowMs}
local sale, now = KEYS[1], clock()
local opensAt, closesAt, paused, epoch = unpack(redis.call('HMGET', sale, 'opensAtMs', 'closesAtMs', 'paused', 'epoch'))
if not opensAt then return { 'saleNotReady', now } end
local reply = { 'counts', now, tonumber(opensAt), tonumber(closesAt), tonumber(paused), tonumber(epoch) }
for p = 1, #ARGV do
  local stock, held, sold = unpack(KEYS, 3 * p - 1, 3 * p + 1)
  reply[#reply + 1] = redis.call('LLEN', stock)
  reply[#reply + 1] = redis.call('HLEN', held)
  reply[#reply + 1] = redis.call('HLEN', sold)
  reply[#reply + 1] = tonumber(redis.call('HGET', sale, 'minted:' .. ARGV[p]) or 0)
end
return reply
