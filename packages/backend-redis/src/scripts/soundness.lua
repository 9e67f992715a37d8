-- Included by the scripts that write. Tells in `isSound` whether the text in `record` may be written over: damage anywhere
-- in it is told, also in what the call leaves alone (clause E3). `isHeadKnown` says that the caller has read this very
-- head before: then only the counters are looked at.
-- All in one piece and with few patterns: a function made, or a pattern tried, costs as much as a small command. A
-- pattern that can begin anywhere costs most, so those here begin with what stands once in an entry.

local bar = find(record, '|', 1, true)
local counters = bar and sub(record, bar + 1) or ''
-- Nothing is left of the counters once each is taken away, those that are 0 last: '=' and '|' are escaped in names.
local left = gsub(counters, '[^|=]+=%-?[1-9]%d*|', '')
if left ~= '' then left = gsub(left, '[^|=]+=0|', '') end
local isSound = bar and left == ''

local isRare, counts, expires, by, notes = isSound and find(counters, '=%-?%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d')
if isSound and not isHeadKnown then
  local state, _
  _, _, state, counts, expires, by, notes =
    find(record, '^1 %d+ (%l[-%l]+) (%d+ %d+ %d+) ([-%d]+) ([^| ]+) ?([^|]*)|')
  isSound = state and (expires == '-' and state == 'closed'
    or expires ~= '-' and (state == 'closed' or state == 'open' or state == 'half-open'))
  isRare = isRare or isSound and (notes ~= '' or expires ~= '-' or find(by, '%', 1, true)
    or find(counts, '%f[%d]0%d') or #counts > 17 and find(counts, '%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d'))
end
-- What is in few records, or in none that this package wrote.
if isSound and isRare then
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
  isSound = areCounts(counters, '=%-?(%d+)|')
  if isSound and not isHeadKnown then
    isSound = areCounts(counts, '%d+')
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
