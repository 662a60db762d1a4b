#!lua flags=allow-oom
-- Rebuild, last step: the new records take the place of the old ones, and the sale is ready again.
--
-- KEYS[1] sale     hash    written; must not exist before
-- KEYS[2] rebuild  string  the fence: who rebuilds; deleted
-- KEYS[3..]        pairs: a record under the rebuild's name, its own name
-- ARGV[1] rebuild id  ARGV[2] changes channel
-- ARGV[3..]        field, value pairs of the sale: opensAtMs, closesAtMs, holdMs, extendMs, paused, epoch, limit:P, minted:P
-- Returns {'ready', nowMs} | {'fenced', nowMs} | {'alreadyReady', nowMs}
local sale, rebuild, now = KEYS[1], KEYS[2], clock()
if redis.call('GET', rebuild) ~= ARGV[1] then return { 'fenced', now } end
if redis.call('EXISTS', sale) == 1 then return { 'alreadyReady', now } end
for i = 3, #KEYS, 2 do
  redis.call('UNLINK', KEYS[i + 1])
  if redis.call('EXISTS', KEYS[i]) == 1 then
    redis.call('RENAME', KEYS[i], KEYS[i + 1])
    redis.call('PERSIST', KEYS[i + 1])
  end
end
for i = 3, #ARGV, 2 do redis.call('HSET', sale, ARGV[i], ARGV[i + 1]) end
redis.call('DEL', rebuild)
redis.call('PUBLISH', ARGV[2], 'ready')
return { 'ready', now }
