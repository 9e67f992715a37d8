-- apply: changes counters, if and only if the record exists with exactly this revision.
-- KEYS[1]  the circuit's hash
-- ARGV[1]  the revision that the record must have, as decimal text
-- ARGV[2]  how long the record lives from now on, ms; '' for ever
-- ARGV[3]  how many counters to add to
-- ARGV[4]  how many counters to set
-- ARGV[5…] field, amount for each to add; field, value for each to set; then the fields to drop
-- Answers  see answer.lua; the outcome is '1' applied, '0' another revision or no record, 'unreadable' a record that
--          is corrupt or of another format, 'overflow' a sum beyond 2^53 - 1. Only '1' wrote anything.
-- @include answer.lua
-- @include read-record.lua
-- @include renew.lua

if at == nil then return answer('0', fields) end
if not readable then return answer('unreadable', fields) end
if fields[at.revision] ~= ARGV[1] then return answer('0', fields) end

local lastAdd = 4 + 2 * ARGV[3]
local lastSet = lastAdd + 2 * ARGV[4]

-- Everything that can fail is looked at before the first write: Redis doesn't roll a script back (clause A4). `fields`
-- becomes the hash as it will be, so that it needn't be asked for again. Sums of integers up to 2^53 - 1 are exact in
-- Lua's doubles; HSET and cjson write those below 10^14 digit by digit.
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
return answer('1', fields)
