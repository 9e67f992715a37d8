-- retrieve: reads a circuit.
-- KEYS[1]  the circuit's record
-- Answers  see answer.lua; the outcome is '0'
-- @include answer.lua

return answer('0', redis.call('GET', KEYS[1]) or '')
