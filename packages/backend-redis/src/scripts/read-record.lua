-- Included by the scripts that write. Reads KEYS[1] and finds out whether it may be written over.
-- `record` maps field to value; it is nil where there is no record. `readable` is false for a corrupt record and for
-- one of another format: those are answered as they are and left alone (clause E3).
local function isInteger(text)
  if text == nil then return false end
  if text ~= '0' and not string.find(text, '^-?[1-9]%d*$') then return false end
  local number = tonumber(text)
  return number <= 9007199254740991 and number >= -9007199254740991
end

local function isCount(text)
  return isInteger(text) and string.byte(text) ~= 45
end

local function isNote(value)
  return value == cjson.null or type(value) == 'string'
end

local record, readable = nil, true
do
  local fields = redis.call('HGETALL', KEYS[1])
  if #fields > 0 then
    record = {}
    for index = 1, #fields, 2 do
      local field, value = fields[index], fields[index + 1]
      record[field] = value
      -- 35 is '#', which begins a counter's field.
      if string.byte(field) == 35 and not isInteger(value) then readable = false end
    end
    local state = record.state
    readable = readable and record.format == '1'
      and isCount(record.revision) and record.revision ~= '0'
      and (state == 'closed' or state == 'open' or state == 'half-open')
      and isCount(record.generation) and isCount(record.openings) and isCount(record.since)
      and (isCount(record.expiresAt) or (record.expiresAt == nil and state == 'closed'))
      and record.by ~= nil
    if readable and record.override then
      local decoded, override = pcall(cjson.decode, record.override)
      readable = decoded and type(override) == 'table'
        and (override.state == 'open' or override.state == 'closed')
        and isNote(override.reason) and isNote(override.by)
        and (override['until'] == cjson.null or type(override['until']) == 'number')
    end
  end
end
