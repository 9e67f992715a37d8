-- Included by the scripts that write. Reads KEYS[1] and finds out whether it may be written over.
-- ARGV[1]  the revision that the caller expects the record to have
-- `fields` is the hash as HGETALL gives it. `at` maps a field to where its value stands
-- in it; nil where there is no record. `readable` is false for a corrupt record and for
-- one of another format: those are answered as they are and left alone (clause E3).

local find, byte = string.find, string.byte

local function isCount(text)
  if text == '0' then return true end
  if text == nil or not find(text, '^[1-9]%d*$') then return false end
  -- Up to 15 digits there is nothing to compare.
  return #text < 16 or tonumber(text) <= 9007199254740991
end

local function isInteger(text)
  -- 45 is '-'; there is no negative zero.
  if byte(text) == 45 and text ~= '-0' then return isCount(string.sub(text, 2)) end
  return isCount(text)
end

local function isNote(value)
  return value == cjson.null or type(value) == 'string'
end

local fields, at, readable = redis.call('HGETALL', KEYS[1]), nil, true

if #fields > 0 then
  at = {}
  for index = 1, #fields, 2 do
    local field = fields[index]
    at[field] = index + 1
    -- 35 is '#', which begins a counter's field.
    if byte(field) == 35 and not isInteger(fields[index + 1]) then readable = false end
  end
  local revision, state = fields[at.revision], fields[at.state]
  readable = readable and fields[at.format] == '1'
    -- What the caller expects is a count: where it is the same text nothing needs to be looked at.
    and (revision == ARGV[1] or isCount(revision)) and revision ~= '0'
    and (state == 'closed' or state == 'open' or state == 'half-open')
    and isCount(fields[at.generation]) and isCount(fields[at.openings]) and isCount(fields[at.since])
    and at.by ~= nil
  if readable then
    if at.expiresAt == nil then readable = state == 'closed' else readable = isCount(fields[at.expiresAt]) end
  end
  if readable and at.override then
    local decoded, override = pcall(cjson.decode, fields[at.override])
    readable = decoded and type(override) == 'table'
      and (override.state == 'open' or override.state == 'closed')
      and isNote(override.reason) and isNote(override.by)
      and (override['until'] == cjson.null or type(override['until']) == 'number')
  end
end
