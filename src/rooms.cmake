# The rooms of the house: the folders of src/ that have sources. A room uses
# itself and, of its own floor, the rooms before it; which floors stand on which
# is in test/style/checks.py. test/unit/ has the same folders.

set(duet_rooms
  base
  http/head http/url http/message http/body
  runtime/context runtime/core runtime/sync runtime/compose runtime/look
  runtime/run
  stream/core stream/adapt stream/coding stream/multipart stream/socket
  parallel/gate parallel/shared parallel/thread parallel/child parallel/process
  file/blocking file/open file/path
  form
  client/names client/connect client/admission client/hop client/curl
  client/session client/exchange
  server/application server/request server/connection server/mhd server/serve
  fetch/input fetch/frontier fetch/output fetch/work)
# A library of its own.
set(duet_database_rooms
  database/value database/link database/query database/pool)
# The command.
set(duet_tool_rooms tool)
