-- retrieve: reads a circuit.
-- KEYS[1]  the circuit's hash
-- Answers  see answer.lua; the outcome is '0'
-- @include answer.lua

return answer('0', redis.call('HGETALL', KEYS[1]))
