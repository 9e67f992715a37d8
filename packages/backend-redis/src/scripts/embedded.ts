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
  sha1: '482d203f9700cc6b7c30a343a53f5288ea319ccb',
  lua: `
local function answer(outcome, fields)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, fields }
end
local function isInteger(text)
  if text == '0' then return true end
  if text == nil or not string.find(text, '^-?[1-9]%d*$') then return false end
  if #text < 16 then return true end
  local number = tonumber(text)
  return number <= 9007199254740991 and number >= -9007199254740991
end
local function isCount(text)
  return isInteger(text) and string.byte(text) ~= 45
end
local function isNote(value)
  return value == cjson.null or type(value) == 'string'
end
local fields, at, readable = redis.call('HGETALL', KEYS[1]), nil, true
do
  if #fields > 0 then
    at = {}
    for index = 1, #fields, 2 do
      local field = fields[index]
      at[field] = index + 1
      if string.byte(field) == 35 and not isInteger(fields[index + 1]) then readable = false end
    end
    local state = fields[at.state]
    readable = readable and fields[at.format] == '1'
      and isCount(fields[at.revision]) and fields[at.revision] ~= '0'
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
end
local function renew(ttl)
  if ttl == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
end
if at == nil then return answer('0', fields) end
if not readable then return answer('unreadable', fields) end
if fields[at.revision] ~= ARGV[1] then return answer('0', fields) end
local firstSet = 5 + 2 * ARGV[3]
local firstDrop = firstSet + 2 * ARGV[4]
local changes = {}
for index = 5, firstDrop - 1, 2 do
  local field, value = ARGV[index], ARGV[index + 1]
  if index < firstSet then
    local sum = (fields[at[field]] or 0) + value
    if sum > 9007199254740991 or sum < -9007199254740991 then return answer('overflow', fields) end
    value = sum == 0 and '0' or string.format('%.0f', sum)
  end
  changes[#changes + 1] = field
  changes[#changes + 1] = value
end
for index = 1, #changes, 1000 do
  redis.call('HSET', KEYS[1], unpack(changes, index, math.min(index + 999, #changes)))
end
renew(ARGV[2])
if firstDrop <= #ARGV then
  for index = firstDrop, #ARGV do redis.call('HDEL', KEYS[1], ARGV[index]) end
  return answer('1', redis.call('HGETALL', KEYS[1]))
end
for index = 1, #changes, 2 do
  local place = at[changes[index]]
  if place == nil then
    fields[#fields + 1] = changes[index]
    place = #fields + 1
  end
  fields[place] = changes[index + 1]
end
return answer('1', fields)`,
};

export const fenceScript: Script = {
  name: 'fence',
  sha1: '35ccddc03a06219eed364dce28c05452ec5a2f76',
  lua: `
if ARGV[1] ~= '' and redis.call('GET', KEYS[2]) ~= ARGV[1] then return '' end
local now = redis.call('TIME')
local clock = now[1] .. string.format('%06d', tonumber(now[2]))
local last = redis.call('GET', KEYS[1])
if last and tonumber(last) >= tonumber(clock) then
  redis.call('INCR', KEYS[1])
else
  redis.call('SET', KEYS[1], clock)
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return redis.call('GET', KEYS[1])`,
};

export const retrieveScript: Script = {
  name: 'retrieve',
  sha1: '170dbd66741d83a6eced4a034c89aaa2473daf37',
  lua: `
local function answer(outcome, fields)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, fields }
end
return answer('0', redis.call('HGETALL', KEYS[1]))`,
};

export const storeScript: Script = {
  name: 'store',
  sha1: '42279dbe87cdb117869256c92ccd76ce9ffb5670',
  lua: `
local function answer(outcome, fields)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, fields }
end
local function isInteger(text)
  if text == '0' then return true end
  if text == nil or not string.find(text, '^-?[1-9]%d*$') then return false end
  if #text < 16 then return true end
  local number = tonumber(text)
  return number <= 9007199254740991 and number >= -9007199254740991
end
local function isCount(text)
  return isInteger(text) and string.byte(text) ~= 45
end
local function isNote(value)
  return value == cjson.null or type(value) == 'string'
end
local fields, at, readable = redis.call('HGETALL', KEYS[1]), nil, true
do
  if #fields > 0 then
    at = {}
    for index = 1, #fields, 2 do
      local field = fields[index]
      at[field] = index + 1
      if string.byte(field) == 35 and not isInteger(fields[index + 1]) then readable = false end
    end
    local state = fields[at.state]
    readable = readable and fields[at.format] == '1'
      and isCount(fields[at.revision]) and fields[at.revision] ~= '0'
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
end
local function renew(ttl)
  if ttl == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
end
if not readable then return answer('unreadable', fields) end
if (at == nil and '' or fields[at.revision]) ~= ARGV[1] then return answer('0', fields) end
local first = 6 + 2 * tonumber(ARGV[5])
for index = 6, first - 1, 2 do
  local value = at and fields[at[ARGV[index]]] or '0'
  if value ~= ARGV[index + 1] then return answer('0', fields) end
end
redis.call('HSET', KEYS[1], 'format', '1')
redis.call('DEL', KEYS[1])
for index = first, #ARGV, 1000 do
  redis.call('HSET', KEYS[1], unpack(ARGV, index, math.min(index + 999, #ARGV)))
end
renew(ARGV[2])
if ARGV[3] ~= '' then
  local told = { ARGV[4] }
  for index = first, #ARGV do told[#told + 1] = ARGV[index] end
  redis.pcall('PUBLISH', ARGV[3], cjson.encode(told))
end
return answer('1', redis.call('HGETALL', KEYS[1]))`,
};
