-- release-lock: gives a lock back that is still held.
-- KEYS[1]  the lock
-- ARGV[1]  who must hold it
-- Answers  1, or 0 if it is over or another's
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
