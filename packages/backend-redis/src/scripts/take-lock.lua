-- take-lock: takes the lock if nobody has it, and draws the holder's fencing token in the same step.
-- KEYS[1]  the lock: its holder, while it is held
-- KEYS[2]  the token counter
-- ARGV[1]  who takes it
-- ARGV[2]  how long the lease is, ms
-- ARGV[3]  how long the counter is kept from now on, ms
-- ARGV[4]  the least that the token may be
-- Answers  'taken' and the token; 'held' and the holder's token, if somebody holds the lock: who waits hears of it, and
--          says so once the holder is gone; 'damaged' if the counter holds no count
-- @include next-token.lua

if redis.call('GET', KEYS[1]) then return 'held ' .. (redis.call('GET', KEYS[2]) or '0') end
-- The token first: whatever stops it leaves no lock that nobody holds.
local token = nextToken(KEYS[2], ARGV[3], ARGV[4])
if token then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return token and 'taken ' .. token or 'damaged'
