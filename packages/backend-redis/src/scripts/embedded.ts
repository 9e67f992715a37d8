// Written by scripts/embed-lua.mjs from the .lua files beside it. Change those, then run it again.

/** A Lua script as the server runs it. */
export interface Script {
  readonly name: string;
  /** What EVALSHA calls it by. */
  readonly sha1: string;
  readonly lua: string;
}

export const applyScript: Script = {
  name: 'apply',
  sha1: 'e3684a439599ffecb128e423da1886ea9d36b3c0',
  lua: `
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
local record = redis.call('GET', KEYS[1]) or ''
local outcome, written = 'foreseen', ARGV[3]
if written == '' or record ~= ARGV[1] then
  local seen, find, sub, gsub = ARGV[1], string.find, string.sub, string.gsub
  local headEnd = find(seen, '|', 1, true)
  local isHeadKnown = headEnd and sub(record, 1, headEnd) == sub(seen, 1, headEnd)
  if not isHeadKnown then
    local revisionEnd = find(seen, ' ', 3, true)
    if sub(record, 1, revisionEnd) ~= sub(seen, 1, revisionEnd) then return answer('0', record) end
  end
local bar = find(record, '|', 1, true)
local counters = bar and sub(record, bar + 1) or ''
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
  if not isSound then return answer('unreadable', record) end
  outcome, written = '1', record
  for change, entry, value in string.gmatch(ARGV[4], '(%l)(|[^=]*=)(%-?%d*)') do
    local start, stop = find(written, entry, 1, true)
    if stop then
      local rest = find(written, '|', stop + 1, true)
      if change == 'd' then
        written = sub(written, 1, start) .. sub(written, rest + 1)
      else
        if change == 'a' then
          value = sub(written, stop + 1, rest - 1) + value
          if value >= 100000000000000 or value <= -100000000000000 then
            if value > 9007199254740991 or value < -9007199254740991 then return answer('overflow', record) end
            value = string.format('%.0f', value)
          end
        end
        written = sub(written, 1, stop) .. value .. sub(written, rest)
      end
    elseif change ~= 'd' then
      written = written .. sub(entry, 2) .. value .. '|'
    end
  end
end
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], written)
else
  redis.call('SET', KEYS[1], written, 'PX', ARGV[2])
end
return answer(outcome, outcome == '1' and written or '')`,
};

export const extendLockScript: Script = {
  name: 'extend-lock',
  sha1: '8d943429f5dbb76e635924bf92e32e374e38ae0b',
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
};

export const fenceScript: Script = {
  name: 'fence',
  sha1: '4e290316167e3d7c8d4688c92079083affa7f82a',
  lua: `
local function nextToken(key, kept, least)
  local now = redis.call('TIME')
  local first = now[1] .. string.format('%06d', tonumber(now[2]))
  if tonumber(least) > tonumber(first) then first = least end
  local last = redis.call('GET', key)
  if last and not (string.find(last, '^%d+$') and #last < 17 and tonumber(last) < 9007199254740991) then return end
  if last and tonumber(last) >= tonumber(first) then
    redis.call('INCR', key)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('SET', key, first, 'PX', kept)
  end
  return redis.call('GET', key)
end
return nextToken(KEYS[1], ARGV[1], ARGV[2]) or 'damaged'`,
};

export const mendIndexScript: Script = {
  name: 'mend-index',
  sha1: '41de7a1259fd18776ec61a7f3b44fcf66fae26c7',
  lua: `
local record = redis.call('GET', KEYS[1])
if record and (not string.find(record, '^1 %d+ closed ') or string.find(record, '^1 [^|]* %[')) then return 0 end
return redis.call('SREM', KEYS[2], ARGV[1])`,
};

export const releaseLockScript: Script = {
  name: 'release-lock',
  sha1: '432633f13589ce36650cdbd1d4058a8f9e193ee9',
  lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`,
};

export const retrieveScript: Script = {
  name: 'retrieve',
  sha1: '448a06165e5d2e5f54fa8c5f498a27b42697f4a1',
  lua: `
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
return answer('0', redis.call('GET', KEYS[1]) or '')`,
};

export const storeScript: Script = {
  name: 'store',
  sha1: 'cdf4fbdc0ca1b12984d3f72b17556021ac9f8748',
  lua: `
local function answer(outcome, record)
  local now = redis.call('TIME')
  return outcome .. ' ' .. now[1] .. ' ' .. now[2] .. ' ' .. record
end
local find, sub, gsub = string.find, string.sub, string.gsub
local record = redis.call('GET', KEYS[1]) or ''
if ARGV[1] == '' then
  if record ~= '' then return answer('0', record) end
else
  local expected = '1 ' .. ARGV[1] .. ' '
  if sub(record, 1, #expected) ~= expected then return answer('0', record) end
  local isHeadKnown = false
local bar = find(record, '|', 1, true)
local counters = bar and sub(record, bar + 1) or ''
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
  if not isSound then return answer('unreadable', record) end
end
for index = 8, #ARGV, 2 do
  local _, stop = find(record, ARGV[index], 1, true)
  local value = stop and sub(record, stop + 1, find(record, '|', stop + 1, true) - 1) or '0'
  if value ~= ARGV[index + 1] then return answer('0', record) end
end
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
end
if ARGV[5] == 'add' then
  redis.pcall('SADD', KEYS[2], ARGV[4])
elseif ARGV[5] == 'remove' then
  redis.pcall('SREM', KEYS[2], ARGV[4])
end
local message = ARGV[3] .. '\\n' .. ARGV[4]
local sent = ARGV[7] ~= '' and redis.pcall('SPUBLISH', ARGV[7], message)
if type(sent) ~= 'number' then redis.pcall('PUBLISH', ARGV[6], message) end
return answer('1', ARGV[3])`,
};

export const takeLockScript: Script = {
  name: 'take-lock',
  sha1: '735485f5ff024f8cb2b3b72369185be76f46a753',
  lua: `
local function nextToken(key, kept, least)
  local now = redis.call('TIME')
  local first = now[1] .. string.format('%06d', tonumber(now[2]))
  if tonumber(least) > tonumber(first) then first = least end
  local last = redis.call('GET', key)
  if last and not (string.find(last, '^%d+$') and #last < 17 and tonumber(last) < 9007199254740991) then return end
  if last and tonumber(last) >= tonumber(first) then
    redis.call('INCR', key)
    redis.call('PEXPIRE', key, kept)
  else
    redis.call('SET', key, first, 'PX', kept)
  end
  return redis.call('GET', key)
end
if redis.call('GET', KEYS[1]) then return 'held ' .. (redis.call('GET', KEYS[2]) or '0') end
local token = nextToken(KEYS[2], ARGV[3], ARGV[4])
if token then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return token and 'taken ' .. token or 'damaged'`,
};
