import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
const { serveStore, storeDirectoryOf } = await import("../src/file-store.ts");
serveStore(storeDirectoryOf(workerData));
