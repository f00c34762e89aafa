import { script } from '../redis/script.ts';

// The only key that is passed is the prefix: it leads the script to the right slot, in which all other keys lie too.
// Numbers are at most 13 digits long, which Lua writes out in full (%.14g).
const COMMON = String.raw`
local P = KEYS[1]
local OUTBOX, DUE, COUNTS, APPS = P .. 'outbox', P .. 'due', P .. 'counts', P .. 'apps'

local function session_key(app, id)
  return P .. 'session:' .. app .. ':' .. id
end

local function user_entry(user, id)
  if not user then return '0\0' .. id end
  local clean = string.gsub(user, '%z', '\1')
  return '1' .. clean .. '\0' .. id
end

local function read(app, id)
  local f = redis.call('HMGET', session_key(app, id), 'e', 't', 'x', 'u', 'a', 's', 'l', 'n', 'p', 'h')
  if not f[2] then return nil end
  return { app = app, id = id, ended = f[1], t = tonumber(f[2]), x = tonumber(f[3]), user = f[4] or nil, attrs = f[5],
    seen = tonumber(f[6] or 0), ttl = tonumber(f[7] or 0), told = tonumber(f[8] or 0), pending = f[9],
    held = f[10] or nil }
end

local function plan(s, at)
  redis.call('ZADD', DUE, at, s.app .. ' ' .. s.id)
end

-- What its source holds does not expire here: the source says when it is over.
local function plan_next(s, update_every)
  local at = nil
  if s.pending then at = s.told + update_every end
  if not s.held then at = math.min(at or s.x, s.x) end
  if at then plan(s, at) else redis.call('ZREM', DUE, s.app .. ' ' .. s.id) end
end

-- When each app changed last, of those that were told in this run.
local changed = {}

local function announce(s, event, reason, delta, t)
  local active = nil
  if delta == 0 then
    active = tonumber(redis.call('HGET', COUNTS, s.app) or 0)
  else
    active = redis.call('HINCRBY', COUNTS, s.app, delta)
    if changed[s.app] ~= t then redis.call('ZADD', APPS, t, s.app) end
    changed[s.app] = t
  end
  local entry = { 't', t, 'app', s.app, 'id', s.id, 'event', event, 'reason', reason, 'active', active,
    'delta', delta, 'attrs', s.attrs }
  if s.user then
    entry[#entry + 1] = 'user'
    entry[#entry + 1] = s.user
  end
  redis.call('XADD', OUTBOX, '*', unpack(entry))
end

local function tell_update(s, now)
  redis.call('HSET', session_key(s.app, s.id), 'n', now)
  redis.call('HDEL', session_key(s.app, s.id), 'p')
  announce(s, 'updated', 'unknown', 0, now)
end

local function remember(s, by, forget_at)
  local key = session_key(s.app, s.id)
  redis.call('DEL', key)
  redis.call('HSET', key, 'e', by, 't', s.t, 'x', forget_at)
  plan(s, forget_at)
end

local function destroy(s, reason, by, now, remember_ms)
  redis.call('ZREM', P .. 'seen:' .. s.app, s.id)
  redis.call('ZREM', P .. 'made:' .. s.app, s.id)
  redis.call('ZREM', P .. 'users:' .. s.app, user_entry(s.user, s.id))
  remember(s, by, now + remember_ms)
  announce(s, 'destroyed', reason, -1, now)
end

local function is_full(limit)
  return redis.call('XLEN', OUTBOX) >= limit
end
`;

/**
 * Applies changes in their order: for each the registry and its event in one step, or neither.
 * ARGV: rememberMs, updateEveryMs, outboxLimit, appLimit; then of each change: app, id, op, 1 when a user is given, user,
 * attrs, ttlMs, sender's time or '', receipt, reason, name of the source that holds it or '', when it began, when it was
 * seen last. Returns the outcomes.
 */
export const CHANGE = script(
  COMMON,
  String.raw`
local remember_ms, update_every = tonumber(ARGV[1]), tonumber(ARGV[2])
local outbox_limit, app_limit = tonumber(ARGV[3]), tonumber(ARGV[4])

local function restate(c, s)
  local user, attrs = c.user, c.attrs
  if c.op == 'touch' then
    user = user or s.user
    if attrs == '{}' then attrs = s.attrs end
  end
  if user == s.user and attrs == s.attrs then return false end
  if user ~= s.user then
    redis.call('ZREM', P .. 'users:' .. c.app, user_entry(s.user, c.id))
    redis.call('ZADD', P .. 'users:' .. c.app, 0, user_entry(user, c.id))
    if user then redis.call('HSET', c.key, 'u', user) else redis.call('HDEL', c.key, 'u') end
  end
  if attrs ~= s.attrs then redis.call('HSET', c.key, 'a', attrs) end
  s.user, s.attrs = user, attrs
  return true
end

local function tell(c, s)
  if c.sent and c.sent < s.t then return 'old' end
  if c.op == 'end' and is_full(outbox_limit) then return 'full' end
  s.t = math.max(s.t, c.t)
  if c.op == 'end' then
    destroy(s, c.reason, 'end', c.at, c.remember_ms)
    return 'destroyed'
  end
  s.seen = math.max(s.seen, c.seen)
  s.x = math.max(s.seen, c.at) + c.ttl
  redis.call('HSET', c.key, 't', s.t, 's', s.seen, 'x', s.x, 'l', c.ttl)
  redis.call('ZADD', P .. 'seen:' .. c.app, s.seen, c.id)
  local outcome = 'seen'
  if restate(c, s) then
    if c.at - s.told >= update_every and not is_full(outbox_limit) then
      tell_update(s, c.at)
      s.pending = false
      outcome = 'updated'
    else
      redis.call('HSET', c.key, 'p', 1)
      s.pending = true
      outcome = 'pending'
    end
  end
  if c.held ~= s.held then
    s.held = c.held
    if c.held then redis.call('HSET', c.key, 'h', c.held) else redis.call('HDEL', c.key, 'h') end
  end
  plan_next(s, update_every)
  return outcome
end

local function has_room_for(app)
  return changed[app] or redis.call('HEXISTS', COUNTS, app) == 1 or redis.call('HLEN', COUNTS) < app_limit
end

-- s: what is remembered of an ended one, or nil.
local function create(c, s)
  if not has_room_for(c.app) then return 'apps' end
  if is_full(outbox_limit) then return 'full' end
  local made = { app = c.app, id = c.id, user = c.user, attrs = c.attrs, held = c.held, x = c.at + c.ttl }
  local fields = { 't', c.t, 'a', c.attrs, 'c', c.made, 's', c.seen, 'x', made.x, 'l', c.ttl }
  if c.user then
    fields[13], fields[14] = 'u', c.user
  end
  if c.held then
    fields[#fields + 1] = 'h'
    fields[#fields + 1] = c.held
    if c.held ~= c.before then redis.call('HSET', P .. 'held', c.held, c.app) end
  end
  if s then redis.call('DEL', c.key) end
  redis.call('HSET', c.key, unpack(fields))
  redis.call('ZADD', P .. 'seen:' .. c.app, c.seen, c.id)
  redis.call('ZADD', P .. 'made:' .. c.app, c.made, c.id)
  redis.call('ZADD', P .. 'users:' .. c.app, 0, user_entry(c.user, c.id))
  -- Of one that was never there nothing is planned.
  if s or not c.held then plan_next(made, update_every) end
  announce(made, 'created', c.reason, 1, c.at)
  return 'created'
end

local function apply(c)
  local s = read(c.app, c.id)
  if s and not s.ended then return tell(c, s) end
  local former = s
  if s and s.x <= c.at then s = nil end
  if c.op == 'end' then
    local last, forget_at = c.t, c.at + c.remember_ms
    if s then last, forget_at = math.max(last, s.t), math.max(forget_at, s.x) end
    remember({ app = c.app, id = c.id, t = last }, 'end', forget_at)
    return 'remembered'
  end
  -- One writer tells what a source holds, in order: nothing that it says is late.
  if s and not c.held then
    local newer = c.t > s.t
    if not c.sent then newer = c.t >= s.t end
    if not newer then return 'old' end
    if c.op == 'touch' and s.ended == 'end' then return 'ended' end
  end
  return create(c, former)
end

local outcomes = {}
local before = nil
for i = 5, #ARGV, 13 do
  local c = { app = ARGV[i], id = ARGV[i + 1], op = ARGV[i + 2], attrs = ARGV[i + 5], ttl = tonumber(ARGV[i + 6]),
    sent = tonumber(ARGV[i + 7]), at = tonumber(ARGV[i + 8]), reason = ARGV[i + 9], before = before }
  if ARGV[i + 3] == '1' then c.user = ARGV[i + 4] end
  if ARGV[i + 10] ~= '' then c.held = ARGV[i + 10] end
  c.made, c.seen = tonumber(ARGV[i + 11]), tonumber(ARGV[i + 12])
  c.t = c.sent or c.at
  c.remember_ms = c.held and remember_ms or math.max(c.ttl, remember_ms)
  c.key = session_key(c.app, c.id)
  outcomes[#outcomes + 1] = apply(c)
  if outcomes[#outcomes] == 'created' then before = c.held end
end
return outcomes
`,
);

/**
 * Serves what is due, a bounded number at a time. ARGV: now, hearing since, end of grace, rememberMs, updateEveryMs,
 * outboxLimit, batch. Returns how many were looked at, expired and told late, 1 when the outbox was full, and when
 * the next is due ('' for never).
 */
export const SERVE_DUE = script(
  COMMON,
  String.raw`
local now, heard_since, grace_until = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local remember_ms, update_every, outbox_limit = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local looked, expired, told, full = 0, 0, 0, 0

local function serve(member)
  local gap = string.find(member, ' ', 1, true)
  local s = read(string.sub(member, 1, gap - 1), string.sub(member, gap + 1))
  if not s then
    redis.call('ZREM', DUE, member)
  elseif s.ended then
    if s.x <= now then
      redis.call('DEL', session_key(s.app, s.id))
      redis.call('ZREM', DUE, member)
    else
      plan(s, s.x)
    end
  elseif s.x <= now and not s.held then
    if s.seen < heard_since and now < grace_until then
      plan(s, grace_until)
    elseif is_full(outbox_limit) then
      full = 1
    else
      destroy(s, 'expired', 'expiry', now, math.max(s.ttl, remember_ms))
      expired = expired + 1
    end
  elseif s.pending and s.told + update_every <= now then
    if is_full(outbox_limit) then
      full = 1
    else
      tell_update(s, now)
      s.pending = false
      plan_next(s, update_every)
      told = told + 1
    end
  else
    plan_next(s, update_every)
  end
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, tonumber(ARGV[7]))) do
  serve(member)
  if full == 1 then break end
  looked = looked + 1
end
local next_due = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
return { looked, expired, told, full, next_due[2] or '' }
`,
);

/**
 * Compares each app's count with its sorted sets and puts it right; forgets apps that have had no session since a
 * moment. ARGV: that moment. Returns app, old count, true count of each that was wrong, one after the other, and of
 * each app whose sorted sets differ among themselves.
 */
export const VERIFY = script(
  COMMON,
  String.raw`
local wrong = {}
local counts = redis.call('HGETALL', COUNTS)
for i = 1, #counts, 2 do
  local app, count = counts[i], tonumber(counts[i + 1])
  local real = redis.call('ZCARD', P .. 'seen:' .. app)
  local same = redis.call('ZCARD', P .. 'made:' .. app) == real and redis.call('ZCARD', P .. 'users:' .. app) == real
  if count ~= real or not same then
    redis.call('HSET', COUNTS, app, real)
    wrong[#wrong + 1] = app
    wrong[#wrong + 1] = count
    wrong[#wrong + 1] = real
  elseif real == 0 then
    local last = redis.call('ZSCORE', APPS, app)
    if not last or tonumber(last) < tonumber(ARGV[1]) then
      redis.call('HDEL', COUNTS, app)
      redis.call('ZREM', APPS, app)
    end
  end
end
return wrong
`,
);

/**
 * A part of the sessions of an app that a source holds. ARGV: app, source, ZSCAN's cursor, about how many. Returns the
 * next cursor, then ids and their ends by turns.
 */
export const HELD = script(
  COMMON,
  String.raw`
local app, source = ARGV[1], ARGV[2]
local part = redis.call('ZSCAN', P .. 'seen:' .. app, ARGV[3], 'COUNT', ARGV[4])
local found = { part[1] }
for i = 1, #part[2], 2 do
  local s = redis.call('HMGET', session_key(app, part[2][i]), 'h', 'x')
  if s[1] == source then
    found[#found + 1] = part[2][i]
    found[#found + 1] = s[2]
  end
end
return found
`,
);
