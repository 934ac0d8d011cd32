// What the daemon's program does when it is loaded as a worker, for tests that run from the sources.
import { register } from "tsx/esm/api";

register();
const { serveScheduler } = await import("../src/world/scheduler.ts");
serveScheduler();
