#!lua flags=allow-oom
-- Give the tokens of a cancelled order back to the stock. The caller has seen MongoDB say CANCELLED.
--
-- KEYS[1] sale       hash    must exist
-- KEYS[2] hold       hash    what the order holds; deleted
-- KEYS[3] timer      string  deleted
-- KEYS[4] deadlines  zset    the order leaves it
-- KEYS[5] ledger     stream  every transition
-- KEYS[6] cart       string  deleted if it names this order (unused when ARGV[2] is empty)
-- KEYS[7] unpaid     string  '<unpaid holds> <wait until, ms>' of the customer (unused when ARGV[5] is 0)
-- KEYS[8] idem       string  deleted if it names this order (unused when ARGV[9] is empty)
-- KEYS[9..]          per product: stock list, held hash, limit hash
-- ARGV[1] orderId  ARGV[2] cartId or ''  ARGV[3] changes channel  ARGV[4] ledger length, entries
-- ARGV[5] 1 when the hold counts as unpaid, 0 when not  ARGV[6] first wait, ms  ARGV[7] longest wait, ms
-- ARGV[8] how long unpaid holds are remembered, ms
-- ARGV[9] idempotency key that shall be free again, or ''
-- ARGV[10..]         productId of each product
-- Returns {'released', nowMs, units} | {'absent', nowMs} | {'changed', nowMs} (read the hold again) | {'saleNotReady', nowMs}
local sale, hold, timer, deadlines, ledger, cart, unpaid, idem = unpack(KEYS, 1, 8)
local order, cartId, channel, ledgerLength, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), clock()
if redis.call('EXISTS', sale) == 0 then return { 'saleNotReady', now } end
local customer, inCart = unpack(redis.call('HMGET', hold, 'customer', 'cart'))
local declared = {}
if not customer then
  if ARGV[9] ~= '' then forget(idem, order) end
  close(order, hold, timer, deadlines, cart, cartId)
  return { 'absent', now }
end
for i = 10, #ARGV do declared[ARGV[i]] = true end
if inCart ~= cartId or namesMore(hold, declared) then return { 'changed', now } end

local back = {}
for i = 10, #ARGV do
  local stock, held, limit = unpack(KEYS, 9 + (i - 10) * 3, 11 + (i - 10) * 3)
  local before = #back
  for token in each(redis.call('HGET', hold, 'tokens:' .. ARGV[i])) do
    if redis.call('HGET', held, token) == order then
      redis.call('HDEL', held, token)
      shelve(sale, ARGV[i], stock, token)
      back[#back + 1] = token
    end
  end
  count(limit, customer, before - #back)
end
if ARGV[5] == '1' then letGo(sale, unpaid, now, tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])) end
if ARGV[9] ~= '' then forget(idem, order) end
close(order, hold, timer, deadlines, cart, cartId)
record(ledger, ledgerLength, channel, 'release', order, back, now)
return { 'released', now, #back }
