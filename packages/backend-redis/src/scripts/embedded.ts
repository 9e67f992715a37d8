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
  sha1: 'b8e43ef4344ffd1cbc7dc4c503aa3077deb45a12',
  lua: `
local function answer(outcome)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, redis.call('HGETALL', KEYS[1]) }
end
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
local function renew(ttl)
  if ttl == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
end
if record == nil then return answer('0') end
if not readable then return answer('unreadable') end
if record.revision ~= ARGV[1] then return answer('0') end
local first = 5
local firstSet = first + 2 * tonumber(ARGV[3])
local firstDrop = firstSet + 2 * tonumber(ARGV[4])
for index = first, firstSet - 1, 2 do
  local sum = tonumber(record[ARGV[index]] or '0') + tonumber(ARGV[index + 1])
  if sum > 9007199254740991 or sum < -9007199254740991 then return answer('overflow') end
end
for index = first, firstSet - 1, 2 do
  redis.call('HINCRBY', KEYS[1], ARGV[index], ARGV[index + 1])
end
for index = firstSet, firstDrop - 1, 2 do
  redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
end
for index = firstDrop, #ARGV do
  redis.call('HDEL', KEYS[1], ARGV[index])
end
renew(ARGV[2])
return answer('1')`,
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
  sha1: '2c0780b67b0ac20d6a7c8e54f00579debb545eb9',
  lua: `
local function answer(outcome)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, redis.call('HGETALL', KEYS[1]) }
end
return answer('0')`,
};

export const storeScript: Script = {
  name: 'store',
  sha1: 'c983e4594a5e56f76dff2edeafeb147bff741d5b',
  lua: `
local function answer(outcome)
  local now = redis.call('TIME')
  return { now[1], now[2], outcome, redis.call('HGETALL', KEYS[1]) }
end
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
local function renew(ttl)
  if ttl == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
end
if not readable then return answer('unreadable') end
if (record == nil and '' or record.revision) ~= ARGV[1] then return answer('0') end
local first = 6 + 2 * tonumber(ARGV[5])
for index = 6, first - 1, 2 do
  local value = record and record[ARGV[index]] or '0'
  if value ~= ARGV[index + 1] then return answer('0') end
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
return answer('1')`,
};
