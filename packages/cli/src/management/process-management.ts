import { randomBytes } from "node:crypto";
import { readFileSync, readSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import type { ReadStream } from "node:tty";
import {
  changeKnownHosts,
  managementPaths,
  OwnCluster,
  readKnownHosts,
  requestHost,
  TokenStore,
} from "@quorate/management";
import { ExitCode } from "../exit-codes.ts";
import { FileError } from "../world.ts";
import type { Management } from "./management.ts";

const STDIN = 0;
const STDERR = 2;
const CTRL_C = "\u0003";
const ENDS = new Set(["\r", "\n", "\u0004"]);
const ERASE = new Set(["\b", "\u007f"]);

/** That of this process, for the files below `root`. @throws FileError unless root runs it */
export function processManagement(root: string): Management {
  if (process.getuid?.() !== 0 && root === "")
    throw new FileError("only root may do this: run it with sudo", {
      exitCode: ExitCode.insufficientPrivileges,
    });
  const paths = managementPaths(root);
  const orFileError = async <T>(work: () => T | Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new FileError((error as Error).message, { cause: error });
    }
  };
  return {
    hostName: hostname(),
    own: new OwnCluster(root),
    knownHosts: () => {
      try {
        return readKnownHosts(paths.knownHosts);
      } catch (error) {
        throw new FileError((error as Error).message, { cause: error });
      }
    },
    changeKnownHosts: (change) => orFileError(() => changeKnownHosts(paths.knownHosts, change)),
    request: requestHost,
    newKey: (byteCount) => randomBytes(byteCount),
    readKeyFile: (path) => {
      try {
        return readFileSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw new FileError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
      }
    },
    revokeTokens: (token) => orFileError(() => new TokenStore(paths.tokens).revoke(token)),
    ask,
    hideArguments: () => {
      process.title = "pcs";
    },
  };
}

async function ask(prompt: string, isSecret: boolean): Promise<string> {
  if (!process.stdin.isTTY) return lineOfStdin();
  writeSync(STDERR, prompt);
  if (!isSecret) return lineOfStdin();
  const terminal = process.stdin as ReadStream;
  terminal.setRawMode(true);
  try {
    return await hiddenLine(terminal);
  } finally {
    terminal.setRawMode(false);
    terminal.pause();
    writeSync(STDERR, "\n");
  }
}

function hiddenLine(terminal: ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const end = (finish: () => void): void => {
      terminal.off("data", take);
      finish();
    };
    const take = (part: Buffer | string): void => {
      for (const character of part.toString()) {
        if (character === CTRL_C) {
          end(() => reject(new FileError("interrupted")));
          return;
        }
        if (ENDS.has(character)) {
          end(() => resolve(text));
          return;
        }
        text = ERASE.has(character) ? [...text].slice(0, -1).join("") : text + character;
      }
    };
    terminal.on("data", take);
    terminal.resume();
  });
}

/** Up to the end of the line and no further: what follows is the next answer. */
function lineOfStdin(): string {
  const bytes: number[] = [];
  const byte = Buffer.alloc(1);
  for (;;) {
    let count: number;
    try {
      count = readSync(STDIN, byte);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
        continue;
      }
      throw new FileError(`standard input cannot be read: ${(error as Error).message}`);
    }
    if (count === 0 || byte[0] === 10) return Buffer.from(bytes).toString("utf8").replace(/\r$/, "");
    bytes.push(byte[0]!);
  }
}
