// The fence agent of the playground: cuts nodes off that are groups of processes on this machine.
//
// It asks the playground's supervisor over a Unix socket (protocol: agents/README.md) and reports success only when the
// supervisor confirmed that no process of the node is left. No answer, half an answer or an unknown answer is a failure.
//
// Copyright the Quorate authors. Licensed under the Apache License, Version 2.0.

import { readFileSync, statSync } from "node:fs";
import { connect } from "node:net";
import { parseArgs } from "node:util";

/** Exit status. Of `status`: 0 means on, 2 means off. */
const SUCCESS = 0;
const FAILURE = 1;
const IS_OFF = 2;

/** The answer of the supervisor is a line; a longer one is not from it. */
const ANSWER_LENGTH_MAX = 1024 * 1024;

const METADATA = `<?xml version="1.0" encoding="UTF-8"?>
<resource-agent name="fence_playground" shortdesc="Fence agent for the nodes of a Quorate playground">
  <longdesc>Cuts off a node of a playground, where each node is a group of processes on one machine: all of them are killed, and the playground's supervisor makes sure that none is left. It is of no use for real machines.</longdesc>
  <vendor-url>https://www.apache.org/licenses/LICENSE-2.0</vendor-url>
  <parameters>
    <parameter name="action" unique="0" required="1">
      <getopt mixed="-o, --action=[action]"/>
      <content type="string" default="reboot"/>
      <shortdesc lang="en">What to do</shortdesc>
    </parameter>
    <parameter name="plug" unique="0" required="1" obsoletes="port">
      <getopt mixed="-n, --plug=[node]"/>
      <content type="string"/>
      <shortdesc lang="en">Name of the node in the playground</shortdesc>
    </parameter>
    <parameter name="port" unique="0" required="0" deprecated="1">
      <getopt mixed="-n, --plug=[node]"/>
      <content type="string"/>
      <shortdesc lang="en">Old name of plug</shortdesc>
    </parameter>
    <parameter name="socket" unique="0" required="0">
      <getopt mixed="-s, --socket=[path]"/>
      <content type="string"/>
      <shortdesc lang="en">Unix socket of the supervisor; default: the environment variable QUORATE_PLAYGROUND_SOCKET</shortdesc>
    </parameter>
    <parameter name="power_timeout" unique="0" required="0">
      <getopt mixed="--power-timeout=[seconds]"/>
      <content type="second" default="20"/>
      <shortdesc lang="en">Seconds to wait for the supervisor's answer</shortdesc>
    </parameter>
  </parameters>
  <actions>
    <action name="on" automatic="0"/>
    <action name="off"/>
    <action name="reboot"/>
    <action name="status"/>
    <action name="list"/>
    <action name="monitor"/>
    <action name="metadata"/>
    <action name="validate-all"/>
  </actions>
</resource-agent>
`;

const USAGE = `fence_playground: cuts off nodes of a Quorate playground.

Usage: fence_playground [options]
       fence_playground < file with lines key=value

  -o, --action=ACTION    on, off, reboot, status, list, monitor, metadata or validate-all; default reboot
  -n, --plug=NODE        name of the node
  -s, --socket=PATH      Unix socket of the playground's supervisor; default $QUORATE_PLAYGROUND_SOCKET
      --power-timeout=S  seconds to wait for its answer; default 20
  -V, --version
  -h, --help

Exit status: 0 success (status: the node is on), 1 failure, 2 the node is off (status only).
Example: fence_playground --action=reboot --plug=node2 --socket=/tmp/playground/supervisor.sock
`;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`fence_playground: ${error.message}\n`);
  process.exitCode = FAILURE;
}

async function main() {
  const parameters = process.argv.length > 2 ? readOptions() : readInput();
  if (parameters.get("help") !== undefined) {
    process.stdout.write(USAGE);
    return SUCCESS;
  }
  if (parameters.get("version") !== undefined) {
    process.stdout.write("fence_playground 1.0\n");
    return SUCCESS;
  }
  const action = parameters.get("action") ?? "reboot";
  switch (action) {
    case "metadata":
      process.stdout.write(METADATA);
      return SUCCESS;
    case "validate-all":
      return validate(parameters);
    case "list":
    case "monitor":
      return list(parameters, action);
    case "status":
      return status(parameters);
    case "on":
    case "off":
    case "reboot":
      return power(parameters, action);
    default:
      throw new Error(
        `there is no action "${action}"; use on, off, reboot, status, list, monitor, metadata or validate-all`,
      );
  }
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      action: { type: "string", short: "o" },
      plug: { type: "string", short: "n" },
      socket: { type: "string", short: "s" },
      "power-timeout": { type: "string" },
      version: { type: "boolean", short: "V" },
      help: { type: "boolean", short: "h" },
    },
  });
  return new Map(Object.entries(values).map(([name, value]) => [name.replace("-", "_"), value]));
}

/** Lines `key=value`; blank lines and comments do not count, and unknown keys are for other agents. */
function readInput() {
  const parameters = new Map();
  for (const line of readFileSync(0, "utf8").split("\n")) {
    const at = line.indexOf("=");
    if (at > 0 && !line.trimStart().startsWith("#")) {
      parameters.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
    }
  }
  return parameters;
}

function nodeOf(parameters) {
  const node = parameters.get("plug") || parameters.get("port") || parameters.get("nodename");
  if (!node) {
    throw new Error("no node given: say which one with plug=NODE (or --plug=NODE)");
  }
  return node;
}

function socketOf(parameters) {
  const socket = parameters.get("socket") || process.env.QUORATE_PLAYGROUND_SOCKET;
  if (!socket) {
    throw new Error("no supervisor given: say where its socket is with socket=PATH (or --socket=PATH)");
  }
  return socket;
}

function timeoutMsOf(parameters) {
  const text = parameters.get("power_timeout") || "20";
  if (!/^\d+$/.test(text) || Number(text) === 0) {
    throw new Error(`power_timeout is "${text}", which is not a number of seconds greater than 0`);
  }
  return Number(text) * 1000;
}

function validate(parameters) {
  const socket = socketOf(parameters);
  timeoutMsOf(parameters);
  let isSocket = false;
  try {
    isSocket = statSync(socket).isSocket();
  } catch (error) {
    throw new Error(`the supervisor's socket ${socket} cannot be used: ${error.message}`);
  }
  if (!isSocket) {
    throw new Error(`${socket} is not a socket`);
  }
  return SUCCESS;
}

async function list(parameters, action) {
  const answer = await ask(parameters, { do: "list" });
  if (!Array.isArray(answer.nodes) || answer.nodes.some((node) => typeof node !== "string")) {
    throw new Error("the supervisor's answer has no list of nodes");
  }
  if (action === "list") {
    process.stdout.write(answer.nodes.map((node) => `${node},\n`).join(""));
  }
  return SUCCESS;
}

async function status(parameters) {
  const node = nodeOf(parameters);
  const answer = await ask(parameters, { do: "status", node });
  checkNode(answer, node);
  switch (answer.power) {
    case "on":
      process.stdout.write("Status: ON\n");
      return SUCCESS;
    case "off":
      process.stdout.write("Status: OFF\n");
      return IS_OFF;
    default:
      throw new Error(`the supervisor does not know whether ${node} is on or off`);
  }
}

/** Only a confirmation that names this node and says that it was off is one. */
async function power(parameters, action) {
  const node = nodeOf(parameters);
  const answer = await ask(parameters, { do: action, node });
  checkNode(answer, node);
  if (action === "on" ? answer.power !== "on" : answer.confirmedOff !== true) {
    throw new Error(`the supervisor did not confirm that ${node} ${action === "on" ? "is on" : "was off"}`);
  }
  process.stdout.write(`Success: ${action} of ${node}\n`);
  return SUCCESS;
}

function checkNode(answer, node) {
  if (answer.node !== node) {
    throw new Error(`the supervisor's answer is about ${JSON.stringify(answer.node)} instead of ${node}`);
  }
}

/** Sends one request and returns the answer to it, if it is `ok`; all else is an error. */
function ask(parameters, request) {
  const path = socketOf(parameters);
  const timeoutMs = timeoutMsOf(parameters);
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let text = "";
    const timer = setTimeout(
      () => refuse(`the supervisor does not answer within ${timeoutMs / 1000} s`),
      timeoutMs,
    );
    const refuse = (reason) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(reason));
    };
    socket.setEncoding("utf8");
    socket.on("connect", () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on("error", (error) => refuse(`the supervisor at ${path} cannot be reached: ${error.message}`));
    socket.on("close", () => refuse("the supervisor closed the connection without an answer"));
    socket.on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end < 0) {
        if (text.length > ANSWER_LENGTH_MAX) {
          refuse("the supervisor's answer is too long");
        }
        return;
      }
      const answer = parseAnswer(text.slice(0, end));
      if (answer === null) {
        refuse("the supervisor's answer is not a JSON object");
      } else if (answer.ok !== true) {
        refuse(`the supervisor refused: ${answer.error ?? "no reason given"}`);
      } else {
        clearTimeout(timer);
        socket.destroy();
        resolve(answer);
      }
    });
  });
}

function parseAnswer(line) {
  try {
    const answer = JSON.parse(line);
    return typeof answer === "object" && answer !== null ? answer : null;
  } catch {
    return null;
  }
}
