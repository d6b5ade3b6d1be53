// SPDX-License-Identifier: MIT
// Node's http as a peer. usage: node node_server.js PORT
const http = require('http');
const server = http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/plain', 'Content-Length': 5});
  response.end('hello');
});
server.keepAliveTimeout = 600 * 1000;
server.listen({port: +process.argv[2], host: '127.0.0.1', backlog: 4096},
              () => console.log(`listening on http://127.0.0.1:${process.argv[2]}`));
