#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# nginx with one worker: "hello" at every path; with an upstream, what a GET of
# the upstream answers, over kept connections.
# usage: nginx.sh PORT [UPSTREAM_URL]     (ends with nginx)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
answer='default_type text/plain; return 200 "hello";'
upstream=
if [ $# -gt 1 ]; then
    address=${2#http://}
    path=/${address#*/}
    address=${address%%/*}
    upstream="upstream origin { server $address; keepalive 256;
                                keepalive_requests 1000000000; }"
    answer="proxy_http_version 1.1; proxy_set_header Connection '';
            proxy_pass http://origin$path;"
fi
temporary=
for kind in client_body proxy fastcgi uwsgi scgi; do
    temporary="$temporary ${kind}_temp_path $folder/$kind;"
done
cat > "$folder/nginx.conf" <<CONF
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid $folder/pid;
error_log $folder/error.log;
events { worker_connections 20000; }
http {
    access_log off;
    keepalive_timeout 600;
    keepalive_requests 1000000000;
    $temporary
    $upstream
    server {
        listen 127.0.0.1:$1 backlog=4096;
        location / { $answer }
    }
}
CONF
nginx -p "$folder" -e "$folder/error.log" -c "$folder/nginx.conf" &
child=$!
trap 'kill -QUIT $child 2>/dev/null || true' TERM INT
wait "$child" || wait "$child" || true
