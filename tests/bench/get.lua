-- SPDX-License-Identifier: Apache-2.0
-- get.lua -- GETs of PATHS (one a line; %d becomes an id of FIRST..LAST), taken in turn; AUTH as Authorization.
if os.getenv("AUTH") then wrk.headers["Authorization"] = os.getenv("AUTH") end
local first, last, i, reqs = tonumber(os.getenv("FIRST")), tonumber(os.getenv("LAST")), 0, {}
init = function()
        math.randomseed(os.time())
        local paths = {}
        for p in os.getenv("PATHS"):gmatch("[^\n]+") do paths[#paths + 1] = p end
        for k = 1, 4096 do
                local p = paths[k % #paths + 1]
                reqs[k] = wrk.format("GET", (p:gsub("%%d", function() return tostring(math.random(first, last)) end)))
        end
end
request = function() i = i % 4096 + 1; return reqs[i] end
