#!lua flags=allow-oom
-- Rebuild, step 3: push a stretch of a product's tokens that no live order has.
--
-- KEYS[1] sale     hash    must not exist
-- KEYS[2] rebuild  string  the fence: who rebuilds; renewed
-- KEYS[3] stock    list    under the rebuild's name
-- KEYS[4] held     hash    under the rebuild's name
-- KEYS[5] sold     hash    under the rebuild's name
-- ARGV[1] rebuild id  ARGV[2] lease, ms  ARGV[3] how long leftovers live, ms
-- ARGV[4] productId  ARGV[5] first token's number  ARGV[6] last token's number
-- Returns {'pushed', nowMs, tokens} | {'fenced', nowMs} | {'alreadyReady', nowMs}
local sale, rebuild, stock, held, sold = unpack(KEYS)
local product, first, last, now, pushed = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), clock(), 0
if redis.call('GET', rebuild) ~= ARGV[1] then return { 'fenced', now } end
if redis.call('EXISTS', sale) == 1 then return { 'alreadyReady', now } end
redis.call('PEXPIRE', rebuild, tonumber(ARGV[2]))
local behind = redis.call('LINDEX', stock, -1) -- the same call again, its first reply lost: go on behind what it pushed
if behind then first = math.max(first, tonumber(string.sub(behind, #product + 2)) + 1) end
for n = first, last do
  local token = product .. '-' .. string.format('%d', n)
  if redis.call('HEXISTS', held, token) == 0 and redis.call('HEXISTS', sold, token) == 0 then
    redis.call('RPUSH', stock, token)
    pushed = pushed + 1
  end
end
redis.call('PEXPIRE', stock, tonumber(ARGV[3]))
return { 'pushed', now, pushed }
