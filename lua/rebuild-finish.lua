#!lua flags=allow-oom
-- Rebuild, last step: the new records take the place of the old ones, and the sale is ready again; but only if each unit is
-- there. A Redis that restarted in mid-rebuild may have lost earlier steps and still know the fence.
--
-- KEYS[1] sale     hash    written; must not exist before
-- KEYS[2] rebuild  string  the fence: who rebuilds; deleted
-- KEYS[3..]        per product, under the rebuild's name and under its own: stock list, held hash, sold hash, limit hash
-- ARGV[1] rebuild id  ARGV[2] changes channel
-- ARGV[3] how many products follow
-- ARGV[4..]        minted units of each product; then field, value pairs of the sale
-- Returns {'ready', nowMs} | {'incomplete', nowMs} (begin again) | {'fenced', nowMs} | {'alreadyReady', nowMs}
local sale, rebuild, products, now = KEYS[1], KEYS[2], tonumber(ARGV[3]), clock()
if redis.call('GET', rebuild) ~= ARGV[1] then return { 'fenced', now } end
if redis.call('EXISTS', sale) == 1 then return { 'alreadyReady', now } end
for p = 1, products do
  local k = 8 * p - 5
  local units = redis.call('LLEN', KEYS[k]) + redis.call('HLEN', KEYS[k + 2]) + redis.call('HLEN', KEYS[k + 4])
  if units ~= tonumber(ARGV[3 + p]) then
    redis.call('DEL', rebuild)
    return { 'incomplete', now }
  end
end
for i = 3, #KEYS, 2 do
  redis.call('UNLINK', KEYS[i + 1])
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('RENAME', KEYS[i], KEYS[i + 1])
    redis.call('PERSIST', KEYS[i + 1])
  end
end
for i = 4 + products, #ARGV, 2 do redis.call('HSET', sale, ARGV[i], ARGV[i + 1]) end
redis.call('DEL', rebuild)
redis.call('PUBLISH', ARGV[2], 'ready')
return { 'ready', now }
