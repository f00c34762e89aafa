import { script } from '../redis/script.ts';

/**
 * Members of a sorted set after a place in it, in its own order or the reverse. The place is (score, member); members
 * of equal score are ordered by their bytes, and the place is found among them by bisection, so a page costs the same
 * wherever it begins and however many were last seen in the same millisecond.
 * KEYS: the set. ARGV: 1 when reversed, count, place: '' (from the start), 'at' (after score and member), 'before' or
 * 'after' (before or after all of that score), score, member. Returns members with scores.
 */
export const PAGE_BY_SCORE = script(String.raw`
local key, reversed, count = KEYS[1], ARGV[1] == '1', tonumber(ARGV[2])
local place, score, member = ARGV[3], ARGV[4], ARGV[5]

-- Lua compares by the server's locale, Redis by bytes.
local function is_before(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- How many members come before the place; with 'inclusive' the place itself counts as before.
local function rank_of(inclusive)
  local below = redis.call('ZCOUNT', key, '-inf', '(' .. score)
  local low, high = 0, redis.call('ZCOUNT', key, score, score)
  if place ~= 'at' then
    local all_ties = (place == 'after') ~= reversed
    return all_ties and below + high or below
  end
  while low < high do
    local middle = math.floor((low + high) / 2)
    local other = redis.call('ZRANGE', key, below + middle, below + middle)[1]
    if is_before(other, member) or (inclusive and other == member) then low = middle + 1 else high = middle end
  end
  return below + low
end

if not reversed then
  local first = place == '' and 0 or rank_of(true)
  return redis.call('ZRANGE', key, first, first + count - 1, 'WITHSCORES')
end
local size = redis.call('ZCARD', key)
local first = place == '' and 0 or size - rank_of(false)
return redis.call('ZREVRANGE', key, first, first + count - 1, 'WITHSCORES')
`);
