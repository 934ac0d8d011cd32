/** The operating system of this machine as ports: clock, random source, storage, load, watchdog; what its settings files say; and calls of its C libraries. */
export { type Bzip2, loadBzip2 } from "./bzip2.ts";
export { createFileStore, serveStore, storeDirectoryOf, storeThread } from "./file-store.ts";
export { exitProcess, loadKoffi } from "./foreign-functions.ts";
export { type SbdOptions, sbdWatchdog } from "./sbd-watchdog.ts";
export { type ServiceDescription, serviceHelp } from "./service-help.ts";
export { settingLines } from "./settings-file.ts";
export { systemClock } from "./system-clock.ts";
export { systemLoad } from "./system-load.ts";
export { systemRandom } from "./system-random.ts";
