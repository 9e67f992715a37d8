-- fence: the next fencing token of a lock: greater than every one before it.
-- KEYS[1]  the token counter
-- KEYS[2]  the lock
-- ARGV[1]  what the lock must hold for a token to be given; '' where the lock is kept on other servers
-- ARGV[2]  how long the counter is kept from now on, ms
-- Answers  the token as decimal text, or '' if the lock is not held any more
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return '' end

-- Tokens start at the server's clock, in microseconds: a counter that expired, or was lost in a flush or a failover,
-- goes on above where it was. INCR counts within the same microsecond, or while the clock is behind.
local now = redis.call('TIME')
local clock = now[1] .. string.format('%06d', tonumber(now[2]))
local last = redis.call('GET', KEYS[1])
if last and tonumber(last) >= tonumber(clock) then
  redis.call('INCR', KEYS[1])
else
  redis.call('SET', KEYS[1], clock)
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])
