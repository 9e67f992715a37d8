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
  sha1: 'ae87787a68d93ecbdc584ab31af0524a54990839',
  lua: `
local function answer(outcome, fields)
  local now = redis.call('TIME')
  local size = #fields
  fields[size + 1], fields[size + 2], fields[size + 3] = outcome, now[1], now[2]
  return cjson.encode(fields)
end
local find, byte = string.find, string.byte
local function isCount(text)
  if text == '0' then return true end
  if text == nil or not find(text, '^[1-9]%d*$') then return false end
  return #text < 16 or tonumber(text) <= 9007199254740991
end
local function isInteger(text)
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
    if byte(field) == 35 and not isInteger(fields[index + 1]) then readable = false end
  end
  local revision, state = fields[at.revision], fields[at.state]
  readable = readable and fields[at.format] == '1'
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
local lastAdd = 4 + 2 * ARGV[3]
local lastSet = lastAdd + 2 * ARGV[4]
local changes, size = {}, #fields
for index = 5, lastSet, 2 do
  local field, value = ARGV[index], ARGV[index + 1]
  local place = at[field]
  if place == nil then
    fields[size + 1], fields[size + 2] = field, '0'
    size = size + 2
    place = size
  end
  if index <= lastAdd then
    value = fields[place] + value
    if value >= 100000000000000 or value <= -100000000000000 then
      if value > 9007199254740991 or value < -9007199254740991 then return answer('overflow', fields) end
      value = string.format('%.0f', value)
    end
  end
  fields[place] = value
  changes[index - 4] = field
  changes[index - 3] = value
end
if lastSet <= 1004 then
  if lastSet > 4 then redis.call('HSET', KEYS[1], unpack(changes)) end
else
  for index = 1, #changes, 1000 do
    redis.call('HSET', KEYS[1], unpack(changes, index, math.min(index + 999, #changes)))
  end
end
renew(ARGV[2])
if lastSet < #ARGV then
  for index = lastSet + 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[index]) end
  return answer('1', redis.call('HGETALL', KEYS[1]))
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
  sha1: '1e751e64f64160f3cc5e6a821cffbf71d5a53fcf',
  lua: `
local function answer(outcome, fields)
  local now = redis.call('TIME')
  local size = #fields
  fields[size + 1], fields[size + 2], fields[size + 3] = outcome, now[1], now[2]
  return cjson.encode(fields)
end
return answer('0', redis.call('HGETALL', KEYS[1]))`,
};

export const storeScript: Script = {
  name: 'store',
  sha1: '53a8d9ea539da79f991fcafe09f287db4186fa35',
  lua: `
local function answer(outcome, fields)
  local now = redis.call('TIME')
  local size = #fields
  fields[size + 1], fields[size + 2], fields[size + 3] = outcome, now[1], now[2]
  return cjson.encode(fields)
end
local find, byte = string.find, string.byte
local function isCount(text)
  if text == '0' then return true end
  if text == nil or not find(text, '^[1-9]%d*$') then return false end
  return #text < 16 or tonumber(text) <= 9007199254740991
end
local function isInteger(text)
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
    if byte(field) == 35 and not isInteger(fields[index + 1]) then readable = false end
  end
  local revision, state = fields[at.revision], fields[at.state]
  readable = readable and fields[at.format] == '1'
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
local function renew(ttl)
  if ttl == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
end
if not readable then return answer('unreadable', fields) end
if (at == nil and '' or fields[at.revision]) ~= ARGV[1] then return answer('0', fields) end
local first = 7 + 2 * tonumber(ARGV[6])
for index = 7, first - 1, 2 do
  local value = at and fields[at[ARGV[index]]] or '0'
  if value ~= ARGV[index + 1] then return answer('0', fields) end
end
redis.call('HSET', KEYS[1], 'format', '1')
redis.call('DEL', KEYS[1])
for index = first, #ARGV, 1000 do
  redis.call('HSET', KEYS[1], unpack(ARGV, index, math.min(index + 999, #ARGV)))
end
renew(ARGV[2])
local told = { ARGV[5] }
for index = first, #ARGV do told[#told + 1] = ARGV[index] end
local message = cjson.encode(told)
local sent = ARGV[4] ~= '' and redis.pcall('SPUBLISH', ARGV[4], message)
if type(sent) ~= 'number' then redis.pcall('PUBLISH', ARGV[3], message) end
return answer('1', redis.call('HGETALL', KEYS[1]))`,
};
