-- Sends the requests of a file (one a line: authorization, tab, body), each thread from a place of its own.
-- Prints one JSON line: answers, refused answers, seconds, latencies in milliseconds.
local threads, lines, at, pause = 0, {}, 0, 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  for line in io.lines(args[1]) do
    local authorization, body = line:match("^(.-)\t(.*)$")
    lines[#lines + 1] = wrk.format("POST", args[2], {
      ["Authorization"] = authorization, ["Content-Type"] = "application/json", ["Accept-Language"] = "fr",
    }, body)
  end
  pause = tonumber(args[3] or "0")
  math.randomseed(number * 7919)
end

function request()
  return lines[math.random(#lines)]
end

function delay()
  return pause
end

function done(summary, latency)
  io.write(string.format(
    '{"answers": %d, "refused": %d, "broken": %d, "seconds": %.3f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f}\n',
    summary.requests, summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(95) / 1000,
    latency:percentile(99) / 1000))
end
