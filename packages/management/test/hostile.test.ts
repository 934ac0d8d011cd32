import { request } from "node:https";
import { connect as tcpConnect } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BODY_BYTES_MAX } from "../src/protocol/contract.ts";
import { TestService } from "./service.ts";

let service: TestService;
beforeEach(async () => {
  service = await TestService.start();
});
afterEach(async () => {
  // Whatever was sent, the service goes on, and nothing it did was a defect.
  expect((await service.login()).token).toMatch(/^[\w-]{43}$/);
  expect(service.log).toEqual([]);
  await service.stop();
});

interface Answer {
  readonly status: number | null;
  readonly text: string;
}

/** Any request at all; status null when the connection was cut instead of answered. */
function send(options: {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}): Promise<Answer> {
  return new Promise((resolve) => {
    const sent = request({
      host: "127.0.0.1",
      port: service.port,
      rejectUnauthorized: false,
      agent: false,
      path: options.path ?? "/v1/auth.login",
      method: options.method ?? "POST",
      headers: { "content-type": "application/json", ...options.headers },
    });
    sent.on("response", (response) => {
      let text = "";
      response.on("data", (part) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text }));
      response.on("error", () => resolve({ status: null, text }));
    });
    sent.on("error", () => resolve({ status: null, text: "" }));
    sent.end(options.body ?? "{}");
  });
}

const login = (password: unknown) => ({ params: { user: "hacluster", password, client: "x" } });

describe("a hostile client", () => {
  test.each([
    ["no JSON", "{", 400],
    ["an empty body", "", 400],
    ["a list", "[]", 400],
    ["null", "null", 400],
    ["a field too many", JSON.stringify({ params: {}, admin: true }), 400],
    ["a prototype", '{"params":{"user":"hacluster","password":"x","client":"x","__proto__":{"a":1}}}', 400],
    ["a number as password", JSON.stringify(login(1)), 400],
    ["an object as password", JSON.stringify(login({ length: 5 })), 400],
    ["an empty password", JSON.stringify(login("")), 400],
    ["a password with NUL", JSON.stringify(login("a\0b")), 400],
    [
      "a name with a line break",
      JSON.stringify({ params: { user: "a\nb", password: "x", client: "x" } }),
      400,
    ],
    ["deep nesting", `{"params":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, 400],
    ["broken UTF-8", Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
  ])("%s is refused with a reason", async (_, body, status) => {
    const answer = await send({ body });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, error: { code: "badRequest" } });
  });

  test.each([
    ["another version", { path: "/v2/auth.login" }, 404],
    ["no path", { path: "/" }, 404],
    ["an unknown request", { path: "/v1/host.reboot" }, 404],
    ["a property of objects", { path: "/v1/constructor" }, 404],
    ["a path upwards", { path: "/v1/../../etc/shadow" }, 404],
    ["GET", { method: "GET", body: "" }, 400],
    ["a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }, 400],
    ["no token", { path: "/v1/cluster.stop" }, 401],
    [
      "a token of another scheme",
      { path: "/v1/cluster.stop", headers: { authorization: "Basic aGE6aGE=" } },
      401,
    ],
    [
      "an announced body that is too long",
      { headers: { "content-length": String(BODY_BYTES_MAX + 1) }, body: "{" },
      413,
    ],
  ])("%s is refused", async (_, options, status) => {
    expect((await send(options)).status).toBe(status);
  });

  test("a body that is too long is cut off while it comes", async () => {
    const { status } = await send({
      headers: { "transfer-encoding": "chunked" },
      body: Buffer.alloc(4 * BODY_BYTES_MAX, 32),
    });
    expect([413, null]).toContain(status);
  });

  test("headers that are too long are cut off", async () => {
    expect((await send({ headers: { "x-long": "a".repeat(20_000) } })).status).toBeNull();
  });

  test.each(["TLSv1.2", "TLSv1.1"] as const)("%s is not spoken", async (version) => {
    const error = await new Promise<Error | null>((resolve) => {
      const socket = tlsConnect({
        host: "127.0.0.1",
        port: service.port,
        rejectUnauthorized: false,
        minVersion: version,
        maxVersion: version,
      });
      socket.once("secureConnect", () => resolve(null));
      socket.once("error", resolve);
    });
    expect(error).not.toBeNull();
  });

  test("one address gets forty connections and no more, and they end without having said a word", async () => {
    const sockets = Array.from({ length: 60 }, () => tcpConnect(service.port, "127.0.0.1"));
    let cutCount = 0;
    for (const socket of sockets) {
      socket.on("error", () => {});
      socket.once("close", () => cutCount++);
      socket.resume();
    }
    await expect.poll(() => cutCount, { timeout: 5000 }).toBe(20);
    for (const socket of sockets) socket.destroy();
    await expect.poll(() => cutCount, { timeout: 5000 }).toBe(60);
  });

  test("who does not finish the handshake, the headers or the body is cut off", {
    timeout: 60_000,
  }, async () => {
    const silent = tcpConnect(service.port, "127.0.0.1");
    const slowHeaders = tlsConnect({ port: service.port, host: "127.0.0.1", rejectUnauthorized: false });
    const slowBody = tlsConnect({ port: service.port, host: "127.0.0.1", rejectUnauthorized: false });
    const head = "POST /v1/auth.login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    slowHeaders.once("secureConnect", () => slowHeaders.write(head));
    slowBody.once("secureConnect", () => slowBody.write(`${head}content-length: 100\r\n\r\n{`));
    const ended = [silent, slowHeaders, slowBody].map(
      (socket) =>
        new Promise((resolve) => {
          socket.on("error", () => {});
          socket.once("close", resolve);
          socket.resume();
        }),
    );
    await Promise.all(ended);
  });
});
