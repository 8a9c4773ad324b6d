import { LuaScript } from './lua-script.js';

/*
 * A run has three keys. `meta` is a hash: `writer` (who may append), `owner` (the channel of the process that the writer lives
 * in), `epoch`, `epochs` ("1:1 2:40": each epoch and its first seq), `first` and `last` (the seqs held), `size`, `closed`; or
 * only `dropped`. `entries` is a stream: an entry is one event, or a stretch of text, and its id is `<its last seq>-0`, so that
 * what comes after seq n begins with the first entry from n+1 on. `base` is the snapshot of what was trimmed.
 *
 * Redis checks its memory before a script's first write and never after it, so a script is done whole or not at all.
 */

/** How long a writer can tell that its log was dropped, rather than lost. */
const DROPPED_SECONDS = 3600;

const integer = `local function integer(number) return string.format('%.0f', number) end`;

/** Says why a writer is no longer the run's. */
const verdict = `
local function verdict(writer)
  if writer then return 'fenced' end
  if redis.call('HEXISTS', KEYS[1], 'dropped') == 1 then return 'dropped' end
  return 'lost'
end`;

/**
 * ARGV: writer, owner, the epoch and the seq vouched for, run id. Safe to repeat: a writer gets the same answer again.
 * Where the epochs before a hole began is not known: the one vouched for counts from the first seq, so that older cursors are lost.
 * Gives the seq before the first, or nil when the log is in a later epoch than the one vouched for.
 */
export const openScript = new LuaScript(`
${integer}
local writer, owner, epoch, last, epochs, first, size =
  unpack(redis.call('HMGET', KEYS[1], 'writer', 'owner', 'epoch', 'last', 'epochs', 'first', 'size'))
if writer == ARGV[1] then return integer(tonumber(string.match(epochs, ':(%d+)$')) - 1) end
local current, vouched = tonumber(epoch or 0), tonumber(ARGV[3])
if current > vouched then return false end
local isNew = not epoch or tonumber(ARGV[4]) > tonumber(last)
if isNew then last, first, size = ARGV[4], integer(tonumber(ARGV[4]) + 1), 0 end
if isNew and vouched > math.max(current, 1) then epochs = ARGV[3] .. ':1' end
local opened = integer(vouched + 1)
redis.call('HSET', KEYS[1], 'writer', ARGV[1], 'owner', ARGV[2], 'epoch', opened, 'last', last, 'first', first, 'size', size,
  'closed', '0', 'epochs', (epochs and epochs .. ' ' or '') .. opened .. ':' .. integer(tonumber(last) + 1))
redis.call('HDEL', KEYS[1], 'dropped')
if isNew then redis.call('DEL', KEYS[2], KEYS[3]) end
redis.call('PERSIST', KEYS[1])
redis.call('PERSIST', KEYS[2])
redis.call('PERSIST', KEYS[3])
if owner and owner ~= ARGV[2] then redis.call('PUBLISH', owner, ARGV[5]) end
return last
`);

/**
 * ARGV: writer, the seqs before and after, channel, run id, then seq, place and body of each entry. Gives `ok`, the last seq when
 * it is another than the one before, or why the writer may not append.
 */
export const appendScript = new LuaScript(`
${verdict}
local writer, last, closed, size = unpack(redis.call('HMGET', KEYS[1], 'writer', 'last', 'closed', 'size'))
if writer ~= ARGV[1] then return verdict(writer) end
if closed == '1' then return 'closed' end
if last ~= ARGV[2] then return tonumber(last) end
if #ARGV == 5 then return 'ok' end
local bytes = tonumber(size)
for at = 6, #ARGV, 3 do
  redis.call('XADD', KEYS[2], ARGV[at] .. '-0', ARGV[at + 1], ARGV[at + 2])
  bytes = bytes + #ARGV[at + 2]
end
redis.call('HSET', KEYS[1], 'last', ARGV[3], 'size', bytes)
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 'ok'
`);

/** ARGV: writer, retention in milliseconds, channel, run id. Gives `ok`, or why the writer may not close. */
export const closeScript = new LuaScript(`
${verdict}
local writer, closed = unpack(redis.call('HMGET', KEYS[1], 'writer', 'closed'))
if writer ~= ARGV[1] then return verdict(writer) end
if closed == '1' then return 'ok' end
for at = 1, 3 do redis.call('PEXPIRE', KEYS[at], ARGV[2]) end
redis.call('HSET', KEYS[1], 'closed', '1')
redis.call('PUBLISH', ARGV[3], ARGV[4])
return 'ok'
`);

/** ARGV: own channel, channel, run id. */
export const dropScript = new LuaScript(`
local epoch, owner = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'owner'))
if not epoch then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('HSET', KEYS[1], 'dropped', '1')
redis.call('EXPIRE', KEYS[1], ${DROPPED_SECONDS})
redis.call('PUBLISH', ARGV[2], ARGV[3])
if owner ~= ARGV[1] then redis.call('PUBLISH', owner, ARGV[3]) end
return 1
`);

/** ARGV: the epochs that the caller judged by, the seq to trim to, the snapshot, own channel, run id. Gives 0 when to judge again. */
export const trimScript = new LuaScript(`
local epochs, first, size, owner = unpack(redis.call('HMGET', KEYS[1], 'epochs', 'first', 'size', 'owner'))
if not epochs then return 1 end
if epochs ~= ARGV[1] then return 0 end
local through = tonumber(ARGV[2])
if through + 1 < tonumber(first) then return 1 end
local bytes, from = tonumber(size), '-'
repeat
  local page = redis.call('XRANGE', KEYS[2], from, ARGV[2], 'COUNT', 100)
  for _, entry in ipairs(page) do
    bytes = bytes - #entry[2][2]
    from = '(' .. entry[1]
  end
until #page < 100
redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', through + 1))
redis.call('SET', KEYS[3], ARGV[3])
local expires = redis.call('PTTL', KEYS[1])
if expires > 0 then redis.call('PEXPIRE', KEYS[3], expires) end
redis.call('HSET', KEYS[1], 'first', string.format('%.0f', through + 1), 'size', bytes)
if owner ~= ARGV[4] then redis.call('PUBLISH', owner, ARGV[5]) end
return 1
`);

/**
 * ARGV: the seq to read after, at most how many rows and bytes. Gives `epochs`, `first`, `last`, `closed` and the rows as members of a JSON array:
 * `[last seq, place, body]`, where a place of 0 is the one of the row before. Gives nil when there is no log.
 */
export const readScript = new LuaScript(`
local epochs, first, last, closed = unpack(redis.call('HMGET', KEYS[1], 'epochs', 'first', 'last', 'closed'))
if not epochs then return false end
local after, rows, bytes, place = tonumber(ARGV[1]), {}, 0, nil
if after + 1 < tonumber(first) or after >= tonumber(last) then return {epochs, first, last, closed, ''} end
local most, mostBytes = tonumber(ARGV[2]), tonumber(ARGV[3])
local from, count = string.format('%.0f', after + 1), math.min(most, 64)
repeat
  local page = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', count)
  for _, entry in ipairs(page) do
    local field, body = entry[2][1], entry[2][2]
    rows[#rows + 1] = '[' .. string.sub(entry[1], 1, -3) .. ',' .. (field == place and '0' or field) .. ',' .. body .. ']'
    place, bytes, from = field, bytes + #body, '(' .. entry[1]
  end
until #page < count or #rows >= most or bytes >= mostBytes
return {epochs, first, last, closed, table.concat(rows, ',')}
`);
