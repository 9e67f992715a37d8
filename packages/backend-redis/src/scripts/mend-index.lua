-- mend-index: takes a name off the index of troubled circuits, unless its circuit is troubled now.
-- KEYS[1]  the circuit's record
-- KEYS[2]  the index
-- ARGV[1]  the circuit's name
-- Answers  1 if the name was taken off
local record = redis.call('GET', KEYS[1])
-- Troubled is what is not closed, and what has an override beside the reason for it, in brackets.
if record and (not string.find(record, '^1 %d+ closed ') or string.find(record, '^1 [^|]* %[')) then return 0 end
return redis.call('SREM', KEYS[2], ARGV[1])
