import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** Programs that run hosts, called on the machine. */
export const machineDirectory = join(repositoryRoot, "lab/machine");

/** Programs that speak for hardware that the lab has not. */
export const standInsDirectory = join(repositoryRoot, "lab/stand-ins");

/** Quorate's built commands. */
export const binDirectory = join(repositoryRoot, "bin");
