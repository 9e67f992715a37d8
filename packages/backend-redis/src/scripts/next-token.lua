-- Included by the scripts that give a lock. Draws a fencing token greater than every one before it, and at least `least`:
-- what the taker has heard of, which may be more than what is left here.
-- Tokens start at the server's clock, in microseconds. INCR counts within the same microsecond, or while the clock is
-- behind a counter that is still there. A counter that expired, or was lost in a flush or a failover, goes on above where
-- it was, unless the clock was set back meanwhile and the taker has heard of nothing either.
-- Answers nothing, and writes nothing, where the key holds no count, or one after which no double is exact.
local function nextToken(key, kept, least)
  local now = redis.call('TIME')
  local first = now[1] .. string.format('%06d', tonumber(now[2]))
  if tonumber(least) > tonumber(first) then first = least end
  local last = redis.call('GET', key)
  if last and not (string.find(last, '^%d+$') and #last < 17 and tonumber(last) < 9007199254740991) then return end
  if last and tonumber(last) >= tonumber(first) then
    redis.call('INCR', key)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('SET', key, first, 'PX', kept)
  end
  return redis.call('GET', key)
end
