-- Included by every script that answers with a record.
-- Answers one text: what became of the call, the server's clock as seconds and microseconds, and the hash as it stands
-- now, field after value, as HGETALL gives it; a line feed stands between two elements. One text, because a client takes
-- longer over a reply of twenty strings than the server over the script. Where an element has a line feed in it, the
-- text is a JSON array of the elements instead. All are strings, but for sums that apply.lua has just made.
local function answer(outcome, fields)
  local now = redis.call('TIME')
  if string.find(table.concat(fields), '\n', 1, true) then
    local elements = { outcome, now[1], now[2] }
    for index = 1, #fields do elements[index + 3] = fields[index] end
    return cjson.encode(elements)
  end
  local head = outcome .. '\n' .. now[1] .. '\n' .. now[2]
  if #fields == 0 then return head end
  return head .. '\n' .. table.concat(fields, '\n')
end
