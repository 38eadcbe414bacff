-- Ask for one record and collect it, in turn; the collection comes some calls later, when its request has been answered.
local asked, turn, behind = 0, 0, 64
local headers = { ["Authorization"] = "Bearer @TOKEN@", ["Content-Type"] = "application/json" }
local run = tostring(os.time()) .. tostring(math.random(1, 1e9))
function request()
  turn = turn + 1
  if turn % 2 == 0 and asked > behind then
    return wrk.format("GET", "@BASE@/requests/" .. run .. "-" .. (asked - behind) .. "/provisions", headers)
  end
  asked = asked + 1
  local body = '{"request_id":"' .. run .. "-" .. asked .. '","user":{"account":"@ACCOUNT@","credential":"@CREDENTIAL@"},' ..
    '"acting_for":"@FIRM@","capacity":"business","purpose":"safety_documents","subjects":{"technicians":["@PERSON@"]}}'
  return wrk.format("POST", "@BASE@/requests", headers, body)
end
