-- fence: the fencing token of a lock that is kept on other servers.
-- KEYS[1]  the token counter
-- ARGV[1]  how long the counter is kept from now on, ms
-- ARGV[2]  the least that the token may be
-- Answers  the token as decimal text; 'damaged' if the counter holds no count
-- @include next-token.lua

return nextToken(KEYS[1], ARGV[1], ARGV[2]) or 'damaged'
