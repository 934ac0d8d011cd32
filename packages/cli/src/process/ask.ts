import { readSync, writeSync } from "node:fs";
import type { ReadStream } from "node:tty";
import { FileError } from "../world.ts";

const STDIN = 0;
const STDERR = 2;
const CTRL_C = "\u0003";
const ENDS = new Set(["\r", "\n", "\u0004"]);
const ERASE = new Set(["\b", "\u007f"]);

/** `World.ask`, of this process's terminal or standard input. */
export async function ask(prompt: string, isSecret: boolean): Promise<string> {
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
