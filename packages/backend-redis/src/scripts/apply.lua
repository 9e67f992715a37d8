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

local firstSet = 5 + 2 * ARGV[3]
local firstDrop = firstSet + 2 * ARGV[4]

-- Everything that can fail is looked at before the first write: Redis doesn't roll a script back (clause A4). Sums of
-- integers up to 2^53 - 1 are exact in Lua's doubles; only tostring() would round them.
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
-- The hash as it is now, without asking for it again.
for index = 1, #changes, 2 do
  local place = at[changes[index]]
  if place == nil then
    fields[#fields + 1] = changes[index]
    place = #fields + 1
  end
  fields[place] = changes[index + 1]
end
return answer('1', fields)
