#!lua flags=allow-oom
-- Make the tokens of a PAID order sold, wherever they are: under its own hold, in the stock, in another hold, or nowhere.
-- What else the own hold had goes back to the stock.
--
-- KEYS[1] sale       hash    must exist
-- KEYS[2] hold       hash    the order's hold, if any; deleted
-- KEYS[3] timer      string  deleted
-- KEYS[4] deadlines  zset    the order leaves it
-- KEYS[5] ledger     stream  every transition
-- KEYS[6] cart       string  deleted if it names this order (unused when ARGV[3] is empty)
-- KEYS[7] unpaid     string  the customer's unpaid holds: forgotten
-- KEYS[8..]          per product: stock list, held hash, sold hash, limit hash; then the hold hash of each other order that may lose a token
-- ARGV[1] orderId  ARGV[2] customer  ARGV[3] cartId or ''  ARGV[4] changes channel  ARGV[5] ledger length, entries
-- ARGV[6] how many products follow
-- ARGV[7..]          per product: productId, its tokens joined by commas; then the other orders' ids, in the order of their keys
-- Returns {'committed', nowMs, newly sold units} (0 when it was done before) | {'again', nowMs, orderId, ...} (declare these holds too)
--   | {'changed', nowMs} (read the hold again) | {'soldToAnother', nowMs, token, orderId} | {'saleNotReady', nowMs}
local sale, hold, timer, deadlines, ledger, cart, unpaid = unpack(KEYS, 1, 7)
local order, customer, cartId, channel = unpack(ARGV, 1, 4)
local ledgerLength, products, now, lines, declared, others, again = tonumber(ARGV[5]), tonumber(ARGV[6]), clock(), {}, {}, {}, { 'again' }
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end
for p = 1, products do declared[ARGV[5 + 2 * p]] = true end
if namesMore(hold, declared) then return { 'changed', now } end
for i = 1, #ARGV - 6 - 2 * products do others[ARGV[6 + 2 * products + i]] = KEYS[7 + 4 * products + i] end
for p = 1, products do
  local line = { product = ARGV[5 + 2 * p], field = 'tokens:' .. ARGV[5 + 2 * p], tokens = ARGV[6 + 2 * p], wanted = {} }
  line.stock, line.held, line.sold, line.limit = unpack(KEYS, 4 + 4 * p, 7 + 4 * p)
  for token in each(line.tokens) do
    local buyer, holder = redis.call('HGET', line.sold, token), redis.call('HGET', line.held, token)
    if buyer and buyer ~= order then return { 'soldToAnother', now, token, buyer } end
    if holder and holder ~= order and others[holder] == nil then again[#again + 1] = holder; others[holder] = false end
    line.wanted[token] = true
  end
  lines[p] = line
end
if #again > 1 then table.insert(again, 2, now); return again end

local newly = {}
for _, line in ipairs(lines) do
  local units = 0 -- that the customer owns from now on and did not before
  for token in each(line.tokens) do
    local holder = redis.call('HGET', line.held, token)
    if redis.call('HSET', line.sold, token, order) == 1 then newly[#newly + 1] = token; units = units + 1 end
    if holder then redis.call('HDEL', line.held, token) else redis.call('LREM', line.stock, 1, token) end
    if holder == order then units = units - 1 end
    if holder and holder ~= order then -- that order loses the unit: MongoDB has decided
      withdraw(others[holder], line.field, token)
      count(line.limit, redis.call('HGET', others[holder], 'customer') or '', -1)
    end
  end
  for token in each(redis.call('HGET', hold, line.field)) do
    if not line.wanted[token] and redis.call('HGET', line.held, token) == order then
      redis.call('HDEL', line.held, token)
      shelve(sale, line.product, line.stock, token)
      units = units - 1
    end
  end
  count(line.limit, customer, units)
end
close(order, hold, timer, deadlines, cart, cartId)
if #newly > 0 then redis.call('DEL', unpaid) end
if #newly > 0 then record(ledger, ledgerLength, channel, 'commit', order, newly, now) end
return { 'committed', now, #newly }
