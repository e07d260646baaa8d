-- Asks for the own wallet of the members whose tokens stand in a file, one a line, again as soon as it is answered.
-- Who is told to come later (503, 429) comes a second later, as a client that reads Retry-After does.
-- Prints one JSON line: answers of each kind, connections that broke, seconds, latencies in milliseconds.
local LATER_MS, threads = 1000, {}
local tokens, late = {}, false
served, shed, other = 0, 0, 0

function setup(thread)
  threads[#threads + 1] = thread
  thread:set("number", #threads)
end

function init(args)
  for line in io.lines(args[1]) do
    tokens[#tokens + 1] = wrk.format("GET", "/v1/me", { ["Authorization"] = "Bearer " .. line })
  end
  math.randomseed(number * 7919 + os.time())
end

function request()
  return tokens[math.random(#tokens)]
end

function response(status)
  late = status == 503 or status == 429
  if status == 200 then served = served + 1 elseif late then shed = shed + 1 else other = other + 1 end
end

function delay()
  local later = late
  late = false
  return later and LATER_MS or 0
end

function done(summary, latency)
  local sum = { served = 0, shed = 0, other = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(sum) do sum[name] = sum[name] + thread:get(name) end
  end
  io.write(string.format(
    '{"served": %d, "shed": %d, "other": %d, "broken": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "worst_ms": %.3f}\n',
    sum.served, sum.shed, sum.other, summary.errors.connect + summary.errors.read + summary.errors.write
      + summary.errors.timeout, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    latency.max / 1000))
end
