-- store: replaces the whole record, if and only if it has exactly this revision and these counters.
-- KEYS[1]  the circuit's hash
-- ARGV[1]  the revision that the record must have, as decimal text; '' if there must be no record
-- ARGV[2]  how long the new record lives from now on, ms; '' for ever
-- ARGV[3]  the channel that transitions are published on
-- ARGV[4]  the sharded channel that is tried first; '' for none
-- ARGV[5]  the circuit's name, for those who listen
-- ARGV[6]  how many counters must have a given value now
-- ARGV[7…] field, value for each of those; then field, value of the new record
-- Answers  see answer.lua; the outcome is '1' stored, '0' another revision or other counters, 'unreadable' a record
--          that is corrupt or of another format. Only '1' wrote anything.
-- @include answer.lua
-- @include read-record.lua
-- @include renew.lua

if not readable then return answer('unreadable', fields) end
if (at == nil and '' or fields[at.revision]) ~= ARGV[1] then return answer('0', fields) end

local first = 7 + 2 * tonumber(ARGV[6])
for index = 7, first - 1, 2 do
  local value = at and fields[at[ARGV[index]]] or '0'
  if value ~= ARGV[index + 1] then return answer('0', fields) end
end

-- Redis asks whether it has the memory (or replicas, or a disk) before a script's first write only. This first one
-- would fail and change nothing; were DEL the first, the record would be gone.
redis.call('HSET', KEYS[1], 'format', '1')
redis.call('DEL', KEYS[1])
for index = first, #ARGV, 1000 do
  redis.call('HSET', KEYS[1], unpack(ARGV, index, math.min(index + 999, #ARGV)))
end
renew(ARGV[2])

-- pcall: a user who may not publish keeps a working store.
local told = { ARGV[5] }
for index = first, #ARGV do told[#told + 1] = ARGV[index] end
local message = cjson.encode(told)
-- The sharded channel is refused where its slot is on another node, where the server knows none, and where the user may
-- not: then everybody hears of it on the ordinary one. That nobody listens is no refusal: it is answered with 0.
local sent = ARGV[4] ~= '' and redis.pcall('SPUBLISH', ARGV[4], message)
if type(sent) ~= 'number' then redis.pcall('PUBLISH', ARGV[3], message) end
return answer('1', redis.call('HGETALL', KEYS[1]))
