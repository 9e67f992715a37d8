-- Included by the scripts that write: makes KEYS[1] live for `ttl` ms from now, exactly; '' means for ever.
local function renew(ttl)
  if ttl == '' then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ttl)
  end
end
