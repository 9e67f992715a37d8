-- extend-lock: moves the end of a lock that is still held.
-- KEYS[1]  the lock
-- ARGV[1]  who must hold it
-- ARGV[2]  how long from now on, ms
-- Answers  1, or 0 if it is over or another's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
