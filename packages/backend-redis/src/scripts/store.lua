-- store: replaces the whole record, if and only if it has exactly this revision and these counters.
-- KEYS[1]  the circuit's record
-- KEYS[2]  the index of troubled circuits, where it can be written in the same step
-- ARGV[1]  the revision that the record must have, as decimal text; '' if there must be no record
-- ARGV[2]  how long the new record lives from now on, ms; '' for ever
-- ARGV[3]  the new record
-- ARGV[4]  the circuit's name, for the index and those who listen
-- ARGV[5]  what to do to the index: 'add', 'remove' or ''
-- ARGV[6]  the channel that transitions are published on
-- ARGV[7]  the sharded channel that is tried first; '' for none
-- ARGV[8…] for each counter that must have a given value now what its entry begins with, '|name=', and the value
-- Answers  see answer.lua; the outcome is '1' stored, '0' another revision or other counters, 'unreadable' a record
--          that is corrupt. Only '1' wrote anything.
-- @include answer.lua

local find, sub, gsub = string.find, string.sub, string.gsub
local record = redis.call('GET', KEYS[1]) or ''
if ARGV[1] == '' then
  if record ~= '' then return answer('0', record) end
else
  -- It begins with the format and the revision.
  local expected = '1 ' .. ARGV[1] .. ' '
  if sub(record, 1, #expected) ~= expected then return answer('0', record) end
  local isHeadKnown = false
  -- @include soundness.lua
  if not isSound then return answer('unreadable', record) end
end
for index = 8, #ARGV, 2 do
  local _, stop = find(record, ARGV[index], 1, true)
  local value = stop and sub(record, stop + 1, find(record, '|', stop + 1, true) - 1) or '0'
  if value ~= ARGV[index + 1] then return answer('0', record) end
end

-- Redis asks whether it has the memory (or replicas, or a disk) before a script's first write: this one is the record's.
if ARGV[2] == '' then
  redis.call('SET', KEYS[1], ARGV[3])
else
  redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[2])
end
-- pcall, here and below: a user without these rights keeps a working store.
if ARGV[5] == 'add' then
  redis.pcall('SADD', KEYS[2], ARGV[4])
elseif ARGV[5] == 'remove' then
  redis.pcall('SREM', KEYS[2], ARGV[4])
end

local message = ARGV[3] .. '\n' .. ARGV[4]
-- The sharded channel is refused where its slot is on another node, where the server knows none, and where the user may
-- not: then everybody hears of it on the ordinary one. That nobody listens is no refusal: it is answered with 0.
local sent = ARGV[7] ~= '' and redis.pcall('SPUBLISH', ARGV[7], message)
if type(sent) ~= 'number' then redis.pcall('PUBLISH', ARGV[6], message) end
return answer('1', ARGV[3])
