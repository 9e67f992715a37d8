-- Included by the scripts that write. Reads KEYS[1] and finds out whether it may be written over.
-- ARGV[1]  the revision that the caller expects the record to have; '' if there must be none
-- `record` is its text, '' where there is none. It begins with the format and the revision, so one comparison of its
-- beginning tells whether it is the one that the caller means: `isExpected`. Only such a one is looked at any further:
-- `isSound` tells damage anywhere in it, also in what this call leaves alone (clause E3).
-- All in one piece and with few patterns: a function made, or a pattern tried, costs as much as a small command.

local find, sub, gsub = string.find, string.sub, string.gsub
local record = redis.call('GET', KEYS[1]) or ''
local expected = ARGV[1] == '' and '' or '1 ' .. ARGV[1] .. ' '
local isExpected = expected == '' and record == '' or expected ~= '' and sub(record, 1, #expected) == expected
local isSound = isExpected

if isExpected and record ~= '' then
  local _, stop, state, counts, expires, by, notes =
    find(record, '^1 %d+ (%l[-%l]+) (%d+ %d+ %d+) ([-%d]+) ([^| ]+) ?([^|]*)')
  local counters = stop and sub(record, stop + 1) or ''
  -- Nothing is left of the counters once each is taken away, those that are 0 last: '=' and '|' are escaped in names.
  local left = gsub(counters, '[^|=]+=%-?[1-9]%d*|', '')
  if left ~= '|' then left = gsub(left, '[^|=]+=0|', '') end
  isSound = left == '|' and (expires == '-' and state == 'closed'
    or expires ~= '-' and (state == 'closed' or state == 'open' or state == 'half-open'))
  -- What is in few records, or in none that this package wrote.
  if isSound and (notes ~= '' or expires ~= '-' or find(by, '%', 1, true)
    or find(counts, '%f[%d]0%d') or #counts > 17 and find(counts, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d') or find(counters, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d|')) then
    local function areCounts(text, pattern)
      for count in string.gmatch(text, pattern) do
        if #count > 1 and sub(count, 1, 1) == '0' then return false end
        if #count > 15 and (#count > 16 or tonumber(count) > 9007199254740991) then return false end
      end
      return true
    end
    local function isText(value)
      return value == cjson.null or type(value) == 'string'
    end
    isSound = areCounts(counts, '%d+') and areCounts(counters, '=%-?(%d+)|')
      and (expires == '-' or find(expires, '^%d+$') and areCounts(expires, '%d+'))
      and (by == '%' or not find(gsub(by, '%%[%dA-F][%dA-F]', ''), '%', 1, true))
    if isSound and notes ~= '' then
      -- What opened the circuit, or that and an override.
      local decoded, values = pcall(cjson.decode, '[' .. notes .. ']')
      local value = decoded and #values == 1 and values[1]
      local override = type(value) == 'table' and #value == 2 and isText(value[1]) and value[2]
      isSound = type(value) == 'string' or type(override) == 'table'
        and (override.state == 'open' or override.state == 'closed')
        and isText(override.reason) and isText(override.by)
        and (override['until'] == cjson.null or type(override['until']) == 'number')
    end
  end
end
