// The server behind ocf:quorate:http, and the client that its monitor uses. Plain Node, no dependencies.
//
//   .http-server.mjs serve --pid-file=PATH --address=A --port=N --resource=ID --node=NAME
//     Serves until SIGTERM. Writes the pid file once it accepts connections. Exit status: 0 after SIGTERM, 1 when it
//     cannot serve, with one line on standard error that says why.
//   .http-server.mjs check --address=A --port=N --pid=PID
//     Exit status 0 when the server answers its health page and is the process PID, else 1 with the reason on
//     standard error.
//
// Copyright the Quorate authors. Licensed under the Apache License, Version 2.0.

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import { isIPv6 } from "node:net";
import { parseArgs } from "node:util";

const CHECK_TIMEOUT_MS = 5000;

/** Connections that are still open this long after SIGTERM are cut. */
const DRAIN_MS_MAX = 3000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    "pid-file": { type: "string" },
    address: { type: "string" },
    port: { type: "string" },
    resource: { type: "string" },
    node: { type: "string" },
    pid: { type: "string" },
  },
});
const place = `${isIPv6(values.address) ? `[${values.address}]` : values.address}:${values.port}`;

if (positionals[0] === "serve") {
  serve();
} else if (positionals[0] === "check") {
  check();
} else {
  fail("say serve or check");
}

function serve() {
  const startedAt = new Date();
  const health = {
    status: "ok",
    resource: values.resource,
    node: values.node,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
  };
  const page = renderPage(health);
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0];
    if (request.method !== "GET" && request.method !== "HEAD") {
      answer(response, request, { code: 405, type: "text/plain", body: "Only GET and HEAD\n" });
    } else if (path === "/health") {
      answer(response, request, { code: 200, type: "application/json", body: `${JSON.stringify(health)}\n` });
    } else if (path === "/") {
      answer(response, request, { code: 200, type: "text/html", body: page });
    } else {
      answer(response, request, { code: 404, type: "text/plain", body: "Not found\n" });
    }
  });
  server.on("error", (error) => fail(describeListenError(error)));
  server.listen({ host: values.address, port: Number(values.port) }, () => {
    const pidFile = values["pid-file"];
    try {
      writeFileSync(`${pidFile}.new`, `${process.pid}\n`);
      renameSync(`${pidFile}.new`, pidFile);
    } catch (error) {
      fail(`cannot write the pid file ${pidFile}: ${error.message}`);
    }
  });
  const end = () => {
    server.close(() => {
      rmSync(values["pid-file"], { force: true });
      process.exit(0);
    });
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS_MAX);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
}

function answer(response, request, { code, type, body }) {
  response.writeHead(code, {
    "content-type": `${type}; charset=utf-8`,
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

function renderPage(health) {
  const rows = [
    ["Node", health.node],
    ["Resource", health.resource],
    ["Running since", health.startedAt],
    ["Process", health.pid],
  ].map(([name, value]) => `<tr><th scope="row">${name}</th><td>${escapeHtml(String(value))}</td></tr>`);
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(health.resource)} on ${escapeHtml(health.node)}</title></head>
<body>
<h1>This page comes from ${escapeHtml(health.node)}</h1>
<table>
${rows.join("\n")}
</table>
</body>
</html>
`;
}

function escapeHtml(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

function describeListenError(error) {
  switch (error.code) {
    case "EADDRINUSE":
      return `port ${values.port} on ${values.address} is taken by another process`;
    case "EADDRNOTAVAIL":
      return `${values.address} is not an address of this machine`;
    case "EACCES":
      return `this user may not listen on port ${values.port}`;
    default:
      return `cannot listen on ${place}: ${error.message}`;
  }
}

function check() {
  // An address that means "all" is reached on the loopback.
  const host = { "0.0.0.0": "127.0.0.1", "::": "::1" }[values.address] ?? values.address;
  const request = get(
    { host, port: Number(values.port), path: "/health", agent: false, timeout: CHECK_TIMEOUT_MS },
    (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body += chunk;
        if (body.length > 65536) {
          fail(`${place} answers with something else than its health`);
        }
      });
      response.on("end", () => judge(response.statusCode, body));
    },
  );
  request.on("timeout", () => fail(`${place} does not answer within ${CHECK_TIMEOUT_MS / 1000} s`));
  request.on("error", (error) => fail(`${place} does not answer: ${error.message}`));
}

function judge(code, body) {
  let health = null;
  try {
    health = JSON.parse(body);
  } catch {
    // Judged below.
  }
  if (code !== 200 || health === null || health.status !== "ok") {
    fail(`${place} answers with status ${code} instead of its health`);
  }
  if (health.pid !== Number(values.pid)) {
    fail(`${place} is answered by another process (${health.pid}), not by ${values.pid}`);
  }
  process.exit(0);
}

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}
