-- mend-index: takes a name off the index of troubled circuits, unless its circuit is troubled now.
-- KEYS[1]  the circuit's record
-- KEYS[2]  the index
-- ARGV[1]  the circuit's name
-- Answers  1 if the name was taken off
local record = redis.call('GET', KEYS[1])
if record then
  local head = string.match(record, '^1 %d+ closed [^|]*')
  if not head or string.find(head, ' {"state"', 1, true) then return 0 end
end
return redis.call('SREM', KEYS[2], ARGV[1])
