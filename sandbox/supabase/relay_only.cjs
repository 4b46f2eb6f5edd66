// Loaded into lite before its own code (node --require): its port answers nobody who does not know what RELAY_SECRET
// says. Web pages reach every port of this machine, and only the relay looks at who asks.
"use strict";
const { Server } = require("node:http");
const { timingSafeEqual } = require("node:crypto");

const secret = Buffer.from(process.env.RELAY_SECRET);
delete process.env.RELAY_SECRET;
const emit = Server.prototype.emit;

const isRelay = (request) => {
  const given = Buffer.from(request.headers["x-relay-secret"] ?? "");
  return given.length === secret.length && timingSafeEqual(given, secret);
};

Server.prototype.emit = function (event, ...rest) {
  const [request, answer] = rest;
  if (event === "request" && !isRelay(request)) {
    answer.writeHead(403).end();
    return true;
  }
  if ((event === "upgrade" || event === "connect") && !isRelay(request)) {
    answer.destroy();
    return true;
  }
  return Reflect.apply(emit, this, [event, ...rest]);
};
