-- apply: changes counters, if and only if the record exists with exactly this revision.
-- KEYS[1]  the circuit's record
-- ARGV[1]  the revision that the record must have, as decimal text
-- ARGV[2]  how long the record lives from now on, ms; '' for ever
-- ARGV[3]  how many counters to add to
-- ARGV[4]  how many counters to set
-- ARGV[5…] for each to add what its entry begins with, '|name=', and the amount; for each to set the same and the value;
--          then what the entries to drop begin with
-- Answers  see answer.lua; the outcome is '1' applied, '0' another revision or no record, 'unreadable' a record that is
--          corrupt, 'overflow' a sum beyond 2^53 - 1. Only '1' wrote anything.
-- @include answer.lua
-- @include read-record.lua

if not isExpected then return answer('0', record) end
if not isSound then return answer('unreadable', record) end

local lastAdd = 4 + 2 * ARGV[3]
local lastSet = lastAdd + 2 * ARGV[4]

-- The new text is put together first and written once, so a delta is atomic whatever happens on the way (clause A4). Sums
-- of integers up to 2^53 - 1 are exact in Lua's doubles, which are written digit by digit below 10^14.
for index = 5, lastSet, 2 do
  local entry, value = ARGV[index], ARGV[index + 1]
  local _, stop = find(record, entry, 1, true)
  if stop then
    local rest = find(record, '|', stop + 1, true)
    if index <= lastAdd then
      value = sub(record, stop + 1, rest - 1) + value
      if value >= 100000000000000 or value <= -100000000000000 then
        if value > 9007199254740991 or value < -9007199254740991 then return answer('overflow', record) end
        value = string.format('%.0f', value)
      end
    end
    record = sub(record, 1, stop) .. value .. sub(record, rest)
  else
    record = record .. sub(entry, 2) .. value .. '|'
  end
end
for index = lastSet + 1, #ARGV do
  local start, stop = find(record, ARGV[index], 1, true)
  if start then record = sub(record, 1, start) .. sub(record, find(record, '|', stop + 1, true) + 1) end
end

if ARGV[2] == '' then
  redis.call('SET', KEYS[1], record)
else
  redis.call('SET', KEYS[1], record, 'PX', ARGV[2])
end
return answer('1', record)
