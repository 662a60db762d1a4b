#!lua
-- Push new tokens of a product from the watermark up to what MongoDB has minted, a bounded number a call.
-- A token that an order already has (Redis had forgotten the watermark) is not pushed again.
-- Like reserve it only takes memory, so it has no allow-oom: when Redis' memory is full it is refused as a whole.
--
-- KEYS[1] sale    hash    its field minted:P is the watermark
-- KEYS[2] stock   list    grows
-- KEYS[3] held    hash    token → order
-- KEYS[4] sold    hash    token → order
-- KEYS[5] ledger  stream  every transition
-- ARGV[1] productId  ARGV[2] minted in MongoDB, units  ARGV[3] most units a call  ARGV[4] changes channel  ARGV[5] ledger length, entries
-- Returns {'minted', nowMs, watermark} | {'saleNotReady', nowMs}
local sale, stock, held, sold, ledger = unpack(KEYS)
local product, target, most, channel, ledgerLength, now = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5]), clock()
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end
local from = tonumber(redis.call('HGET', sale, 'minted:' .. product) or 0)
local to = math.min(target, from + most)
if to <= from then return { 'minted', now, from } end

for n = from + 1, to do
  local token = product .. '-' .. string.format('%d', n)
  if redis.call('HEXISTS', held, token) == 0 and redis.call('HEXISTS', sold, token) == 0 then redis.call('RPUSH', stock, token) end
end
redis.call('HSET', sale, 'minted:' .. product, to)
record(ledger, ledgerLength, channel, 'mint', '', { product .. '-' .. string.format('%d', from + 1), product .. '-' .. string.format('%d', to) }, now)
return { 'minted', now, to }
