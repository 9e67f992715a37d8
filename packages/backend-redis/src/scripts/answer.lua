-- Included by every script that answers with a record.
-- Answers { seconds, microseconds, outcome, fields }: the server's clock, what became of the call, and the hash as it
-- stands now, as HGETALL gives it. All are strings, so that no integer passes through a Lua number (a double that prints 1.8e+15).
local function answer(outcome, fields)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, fields }
end
