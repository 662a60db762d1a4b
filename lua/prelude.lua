-- What the scripts share; lib/inventory/scripts.ts puts it after each script's first line. Local functions only: no keys, no effects on load.
-- At `maxmemory` Redis refuses a script as a whole, before its first write, unless its flags say allow-oom or no-writes. So whoever
-- ends, decides or repairs says one of them: what is held can still be paid or come back. Who only takes (reserve, mint) says neither.

-- Redis's clock in ms. A script reads it once: expiry is frozen while it runs, TIME is not.
local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The tokens of a comma-joined list, one at a time; none of a missing one.
local function each(joined) return string.gmatch(joined or '', '[^,]+') end

-- A number of units: a whole one, at least one; anything else is an error before anything is written.
local function wholeUnits(text)
  local number = tonumber(text)
  assert(number and number >= 1 and number == math.floor(number), 'not a number of units')
  return number
end

-- The order that a cart or idem record names: '<36 characters of order id> <fingerprint>'.
local function named(record) return string.sub(record or '', 1, 36), string.sub(record or '', 38) end

-- Whether a hold names a product that its caller has not declared: the caller then reads the hold again.
local function namesMore(hold, declared)
  for _, field in ipairs(redis.call('HKEYS', hold)) do
    local product = string.match(field, '^tokens:(.*)$')
    if product and not declared[product] then return true end
  end
  return false
end

-- Take one token out of a hold's comma-joined field.
local function withdraw(hold, field, token)
  local joined, left = redis.call('HGET', hold, field), {}
  if not joined then return end
  for other in each(joined) do
    if other ~= token then left[#left + 1] = other end
  end
  redis.call('HSET', hold, field, table.concat(left, ','))
end

-- Put a token back into the stock. One beyond the watermark (Redis had lost its mint) is left to mint, which will push it.
local function shelve(sale, product, stock, token)
  local minted = tonumber(redis.call('HGET', sale, 'minted:' .. product) or 0)
  if tonumber(string.match(token, '%d+$')) <= minted then redis.call('RPUSH', stock, token) end
end

-- Add to a customer's count of units; a count of none leaves no field.
local function count(limit, customer, units)
  if units ~= 0 and redis.call('HINCRBY', limit, customer, units) <= 0 then redis.call('HDEL', limit, customer) end
end

-- How many unpaid holds of a customer a sale bears before they wait; 0 = any number.
local function patience(sale) return tonumber(redis.call('HGET', sale, 'holdsBeforeWait') or 0) end

-- Until when a customer waits for their next hold, ms; nil when they need not.
local function cooldown(sale, unpaid, now)
  local untilMs = tonumber(string.match(redis.call('GET', unpaid) or '', '%d+$') or 0)
  return now < untilMs and patience(sale) > 0 and untilMs or nil
end

-- Note that a customer has let a hold go unpaid: after too many they wait, twice as long with each further one.
local function letGo(sale, unpaid, now, waitMs, mostMs, rememberMs)
  local most = patience(sale)
  if most == 0 then return end
  local holds = tonumber(string.match(redis.call('GET', unpaid) or '', '^%d+') or 0) + 1
  local untilMs = holds >= most and now + math.min(waitMs * 2 ^ math.min(holds - most, 30), mostMs) or 0
  redis.call('SET', unpaid, string.format('%d %.0f', holds, untilMs), 'PX', rememberMs)
end

-- The fields of a hold that name its tokens, with their values, as HSET takes them.
local function tokenFields(lines)
  local fields = {}
  for p, line in ipairs(lines) do fields[2 * p - 1], fields[2 * p] = 'tokens:' .. line.product, table.concat(line.tokens, ',') end
  return fields
end

-- Pairs of each token and its order, as HSET takes them.
local function owners(tokens, order)
  local pairsOf = {}
  for i, token in ipairs(tokens) do pairsOf[2 * i - 1], pairsOf[2 * i] = token, order end
  return pairsOf
end

-- Delete a cart or idem record that names this order.
local function forget(record, order)
  if named(redis.call('GET', record)) == order then redis.call('DEL', record) end
end

-- Note again which order an idempotency key has made, for as long as it is remembered.
local function remember(idem, key, order, print, untilMs, now)
  if key ~= '' and untilMs > now then redis.call('SET', idem, order .. ' ' .. print, 'PXAT', untilMs) end
end

-- End a hold: its records go, its cart is free again. It leaves the sweep's list last, see reserve.lua.
local function close(order, hold, timer, deadlines, cart, cartId)
  if cartId ~= '' then forget(cart, order) end
  redis.call('DEL', timer, hold)
  redis.call('ZREM', deadlines, order)
end

-- Write a transition into the ledger and nudge whoever watches the sale.
local function record(ledger, length, channel, verb, order, tokens, now)
  redis.call('XADD', ledger, 'MAXLEN', '~', length, '*', 'verb', verb, 'order', order, 'tokens', table.concat(tokens, ','), 'atMs', now)
  redis.call('PUBLISH', channel, verb)
end
