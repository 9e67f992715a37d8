-- Included by every script that answers with a record.
-- Answers one JSON array: the hash as it stands now, field after value, as HGETALL gives it; then what became of the
-- call, and the server's clock as seconds and microseconds. One string, because a client takes longer over a reply of
-- twenty strings than the server over the script. All its elements are strings, but for sums that apply.lua has just made.
local function answer(outcome, fields)
  local now = redis.call('TIME')
  local size = #fields
  fields[size + 1], fields[size + 2], fields[size + 3] = outcome, now[1], now[2]
  return cjson.encode(fields)
end
