-- apply: changes counters, if and only if the record exists with exactly this revision.
-- KEYS[1]  the circuit's record
-- ARGV[1]  '1 <revision> ', which the record must begin with; and as much of what follows as the caller has read, its head
--          up to the first '|', or the whole text
-- ARGV[2]  how long the record lives from now on, ms; '' for ever
-- ARGV[3]  what the delta makes of the text in ARGV[1], where that is whole; else ''
-- ARGV[4]  the delta: for each counter to add to 'a|name=' and the amount, for each to set 's|name=' and the value, for each
--          to drop 'd|name='
-- Answers  see answer.lua; the outcome is '1' applied, '0' another revision or no record, 'unreadable' a record that is
--          corrupt, 'overflow' a sum beyond 2^53 - 1; 'foreseen' applied, and the record is what ARGV[3] says: it is left
--          out. Only '1' and 'foreseen' wrote anything.
-- @include answer.lua

local record = redis.call('GET', KEYS[1]) or ''
local outcome, written = 'foreseen', ARGV[3]

-- Mostly nobody has written since the caller read the record, which it found sound: then nothing has to be looked for.
if written == '' or record ~= ARGV[1] then
  local seen, find, sub, gsub = ARGV[1], string.find, string.sub, string.gsub
  local headEnd = find(seen, '|', 1, true)
  local isHeadKnown = headEnd and sub(record, 1, headEnd) == sub(seen, 1, headEnd)
  if not isHeadKnown then
    local revisionEnd = find(seen, ' ', 3, true)
    if sub(record, 1, revisionEnd) ~= sub(seen, 1, revisionEnd) then return answer('0', record) end
  end
  -- @include soundness.lua
  if not isSound then return answer('unreadable', record) end

  -- The new text is put together first and written once, so a delta is atomic whatever happens on the way (clause A4).
  -- Sums of integers up to 2^53 - 1 are exact in Lua's doubles, which are written digit by digit below 10^14.
  outcome, written = '1', record
  for change, entry, value in string.gmatch(ARGV[4], '(%l)(|[^=]*=)(%-?%d*)') do
    local start, stop = find(written, entry, 1, true)
    if stop then
      local rest = find(written, '|', stop + 1, true)
      if change == 'd' then
        written = sub(written, 1, start) .. sub(written, rest + 1)
      else
        if change == 'a' then
          value = sub(written, stop + 1, rest - 1) + value
          if value >= 100000000000000 or value <= -100000000000000 then
            if value > 9007199254740991 or value < -9007199254740991 then return answer('overflow', record) end
            value = string.format('%.0f', value)
          end
        end
        written = sub(written, 1, stop) .. value .. sub(written, rest)
      end
    elseif change ~= 'd' then
      written = written .. sub(entry, 2) .. value .. '|'
    end
  end
end

if ARGV[2] == '' then
  redis.call('SET', KEYS[1], written)
else
  redis.call('SET', KEYS[1], written, 'PX', ARGV[2])
end
return answer(outcome, outcome == '1' and written or '')
