-- Included by the scripts that write. Reads KEYS[1] and finds out whether it may be written over.
-- ARGV[1]  the revision that the caller expects the record to have; '' if there must be none
-- `record` is its text, '' where there is none. It begins with the format and the revision, so one comparison of its
-- beginning tells whether it is the one that the caller means.

local find, sub = string.find, string.sub
local record = redis.call('GET', KEYS[1]) or ''
local expected = ARGV[1] == '' and '' or '1 ' .. ARGV[1] .. ' '

local function isExpected()
  if expected == '' then return record == '' end
  return sub(record, 1, #expected) == expected
end

local sixteenDigits = string.rep('%d', 16)

local function isCount(text)
  return text == '0' or (find(text, '^[1-9]%d*$') and (#text < 16 or tonumber(text) <= 9007199254740991))
end

local function areCounts(text, pattern)
  for count in string.gmatch(text, pattern) do
    if not isCount(count) then return false end
  end
  return true
end

local function isText(value)
  return value == cjson.null or type(value) == 'string'
end

-- What opened the circuit, or that and an override: in few records, so a parser may take its time.
local function areNotes(text)
  local decoded, values = pcall(cjson.decode, '[' .. text .. ']')
  if not decoded or #values ~= 1 then return false end
  if type(values[1]) ~= 'table' then return type(values[1]) == 'string' end
  local failure, override = values[1][1], values[1][2]
  return #values[1] == 2 and isText(failure) and type(override) == 'table'
    and (override.state == 'open' or override.state == 'closed')
    and isText(override.reason) and isText(override.by)
    and (override['until'] == cjson.null or type(override['until']) == 'number')
end

-- Damage is told by the whole record, also by what this call leaves alone (clause E3). Few patterns over long stretches, for
-- each call of one costs as much as a command.
local function isSound()
  local _, stop, state, counts, expires, by, notes =
    find(record, '^1 %d+ (%l[-%l]+) (%d+ %d+ %d+) ([-%d]+) ([^| ]+) ?([^|]*)')
  if not stop or (state ~= 'closed' and state ~= 'open' and state ~= 'half-open') then return false end
  if notes ~= '' and not areNotes(notes) then return false end
  if find(by, '%', 1, true) and by ~= '%' and find(string.gsub(by, '%%[%dA-F][%dA-F]', ''), '%', 1, true) then
    return false
  end
  if expires == '-' then
    if state ~= 'closed' then return false end
  elseif not isCount(expires) then
    return false
  end
  if (find(counts, '%f[%d]0%d') or find(counts, sixteenDigits)) and not areCounts(counts, '%d+') then return false end
  -- Nothing is left of the counters once each is taken away: '=' and '|' are escaped in their names.
  local counters = sub(record, stop + 1)
  if string.gsub(counters, '[^|=]+=%-?%d+|', '') ~= '|' then return false end
  return not find(counters, '=%-?0%d') and not find(counters, '=-0', 1, true)
    and (not find(counters, sixteenDigits .. '|') or areCounts(counters, '=%-?(%d+)|'))
end
