-- Included by every script that answers with a record.
-- Answers one line: what became of the call, the server's clock as seconds and microseconds, and the record as it stands
-- now. One string, because a client takes longer over a reply of several than the server over the script.
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
