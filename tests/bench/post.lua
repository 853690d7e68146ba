-- SPDX-License-Identifier: Apache-2.0
-- post.lua -- POSTs of BODY to POST_PATH (%d becomes the next of IDS, a file with one id a line; without it the path is
-- sent as it is); AUTH as Authorization.
wrk.headers["Content-Type"] = "application/json"
if os.getenv("AUTH") then wrk.headers["Authorization"] = os.getenv("AUTH") end
local path, body, ids, i, one = os.getenv("POST_PATH"), os.getenv("BODY"), {}, 0, nil
init = function()
        if os.getenv("IDS") then for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end end
        if #ids == 0 then one = wrk.format("POST", path, nil, body) end
end
request = function()
        if one then return one end
        i = i % #ids + 1
        return wrk.format("POST", (path:gsub("%%d", ids[i])), nil, body)
end
