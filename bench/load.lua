-- Sends the requests of a file (one a line: authorization, tab, body), each thread from a place of its own.
-- With a fourth argument each request carries an Idempotency-Key of its own, which also stands for @key@ in its body.
-- Prints one JSON line: answers, refused answers, seconds, latencies in milliseconds.
local threads, lines, pause, path, keyed = 0, {}, 0, "/", false

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local function formatted(authorization, body, key)
  return wrk.format("POST", path, {
    ["Authorization"] = authorization, ["Content-Type"] = "application/json", ["Accept-Language"] = "fr",
    ["Idempotency-Key"] = key,
  }, body)
end

function init(args)
  path, pause, keyed = args[2], tonumber(args[3]), args[4] ~= nil
  for line in io.lines(args[1]) do
    local authorization, body = line:match("^(.-)\t(.*)$")
    lines[#lines + 1] = keyed and { authorization, body } or formatted(authorization, body)
  end
  math.randomseed(number * 7919 + os.time())
  -- wrk sets a timer for each request as soon as there is a `delay`.
  if pause > 0 then function delay() return pause end end
end

function request()
  local line = lines[math.random(#lines)]
  if not keyed then return line end
  local key = number .. "-" .. math.random(1e9) .. "-" .. math.random(1e9)
  return formatted(line[1], (line[2]:gsub("@key@", key)), key)
end

function done(summary, latency)
  io.write(string.format(
    '{"answers": %d, "refused": %d, "broken": %d, "seconds": %.3f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000))
end
