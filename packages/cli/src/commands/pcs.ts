import { pcsMain } from "../pcs/framework/main.ts";
import { pcsCommands } from "../pcs/pcs-commands.ts";

/** `pcs`: the commands of pcs 0.11. */
export const main = pcsMain(pcsCommands);
