// A thread that listens where it is told to, and ends as soon as anybody connects.
import { createServer } from "node:net";
import { workerData } from "node:worker_threads";

createServer(() => {
  throw new Error("a defect");
}).listen(workerData.commandsSocket);
