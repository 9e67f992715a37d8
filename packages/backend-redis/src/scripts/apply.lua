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

if record == nil then return answer('0') end
if not readable then return answer('unreadable') end
if record.revision ~= ARGV[1] then return answer('0') end

local first = 5
local firstSet = first + 2 * tonumber(ARGV[3])
local firstDrop = firstSet + 2 * tonumber(ARGV[4])

-- Everything that can fail is looked at before the first write: Redis doesn't roll a script back (clause A4).
for index = first, firstSet - 1, 2 do
  local sum = tonumber(record[ARGV[index]] or '0') + tonumber(ARGV[index + 1])
  if sum > 9007199254740991 or sum < -9007199254740991 then return answer('overflow') end
end

-- HINCRBY counts in 64-bit integers; a Lua sum written back would not.
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
return answer('1')
