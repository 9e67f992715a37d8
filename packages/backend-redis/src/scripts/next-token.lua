-- Included by the scripts that give a lock. Draws a fencing token greater than every one before it.
-- Tokens start at the server's clock, in microseconds: a counter that expired, or was lost in a flush or a failover, goes on
-- above where it was as long as that clock was not set back meanwhile. INCR counts within the same microsecond, or while
-- the clock is behind a counter that is still there.
local function nextToken(key, kept)
  local now = redis.call('TIME')
  local clock = now[1] .. string.format('%06d', tonumber(now[2]))
  local last = redis.call('GET', key)
  if last and tonumber(last) >= tonumber(clock) then
    redis.call('INCR', key)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('SET', key, clock, 'PX', kept)
  end
  return redis.call('GET', key)
end
