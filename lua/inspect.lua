#!lua flags=allow-oom
-- Check at one instant that a product's free, held and sold tokens are disjoint and together the minted ones (I1),
-- that every holder is on the sweep's list, and that the customers' counts add up. On request, close a sale that fails.
-- It writes nothing but that, which frees memory, so it runs when Redis' memory is full: else no repair would go on then.
--
-- KEYS[1] sale       hash  its field minted:P is the watermark; deleted when it fails and ARGV[2] asks for it
-- KEYS[2] deadlines  zset  order → deadline, ms
-- KEYS[3] stock      list  free tokens
-- KEYS[4] held       hash  token → order
-- KEYS[5] sold       hash  token → order
-- KEYS[6] limit      hash  customer → units
-- ARGV[1] productId  ARGV[2] 1 to close the sale when it fails  ARGV[3] 1 to look at every token, 0 for lengths only
-- Returns {'sound', nowMs, free, held, sold, minted} | {'unsound', nowMs, free, held, sold, minted, what is wrong} | {'saleNotReady', nowMs}
local sale, deadlines, stock, held, sold, limit = unpack(KEYS)
local product, close, thorough, now, wrong = ARGV[1], ARGV[2] == '1', ARGV[3] == '1', clock(), nil
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end
local minted = tonumber(redis.call('HGET', sale, 'minted:' .. product) or 0)
local free, holding, gone = redis.call('LLEN', stock), redis.call('HLEN', held), redis.call('HLEN', sold)
if free + holding + gone ~= minted then wrong = 'free + held + sold is not minted' end
if thorough and not wrong then
  local seen = {}
  local function see(token, where)
    local n = string.sub(token, 1, #product + 1) == product .. '-' and tonumber(string.sub(token, #product + 2))
    if not n or n < 1 or n > minted or n ~= math.floor(n) then wrong = token .. ' was never minted' end
    if seen[token] then wrong = token .. ' is both ' .. seen[token] .. ' and ' .. where end
    seen[token] = where
  end
  for _, token in ipairs(redis.call('LRANGE', stock, 0, -1)) do see(token, 'free') end
  for _, token in ipairs(redis.call('HKEYS', sold)) do see(token, 'sold') end
  local pairsHeld, units = redis.call('HGETALL', held), 0
  for i = 1, #pairsHeld, 2 do
    see(pairsHeld[i], 'held')
    if not redis.call('ZSCORE', deadlines, pairsHeld[i + 1]) then wrong = pairsHeld[i] .. ' is held without a deadline' end
  end
  for _, owned in ipairs(redis.call('HVALS', limit)) do units = units + tonumber(owned) end
  if units ~= holding + gone then wrong = wrong or 'customers own ' .. units .. ' units, not held + sold' end
end
if not wrong then return { 'sound', now, free, holding, gone, minted } end
if close then redis.call('DEL', sale) end
return { 'unsound', now, free, holding, gone, minted, wrong }
