#!lua flags=allow-oom
-- Make the settings of a ready sale what MongoDB says they are: window, lengths, pause, limits.
--
-- KEYS[1] sale  hash  must exist; never created here
-- ARGV[1] changes channel
-- ARGV[2..]     field, value pairs; never minted:P or epoch, which other scripts own
-- Returns {'configured', nowMs, fields that differed} | {'saleNotReady', nowMs}
local sale, channel, now, differed = KEYS[1], ARGV[1], clock(), 0
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end

for i = 2, #ARGV, 2 do
  if redis.call('HGET', sale, ARGV[i]) ~= ARGV[i + 1] then
    redis.call('HSET', sale, ARGV[i], ARGV[i + 1])
    differed = differed + 1
  end
end
if differed > 0 then redis.call('PUBLISH', channel, 'configure') end
return { 'configured', now, differed }
