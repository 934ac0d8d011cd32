import type { Main } from "../command.ts";
import type { Level } from "../crm/shell/level.ts";
import type { HelpFrame } from "../options/help-text.ts";
import type { OptionTable } from "../options/option-table.ts";
import type { PcsGroup } from "../pcs/framework/command.ts";

/** The tables that a command is made of, as the command carries them: its help, manual page and completions say the same. */
export type CommandDescription =
  | { readonly kind: "options"; readonly frame: HelpFrame; readonly table: OptionTable }
  | {
      readonly kind: "shell";
      readonly frame: HelpFrame;
      readonly table: OptionTable;
      readonly top: Level;
    }
  | { readonly kind: "pcs"; readonly name: string; readonly root: PcsGroup }
  | {
      readonly kind: "group";
      readonly name: string;
      readonly summary: string;
      readonly commands: Readonly<Record<string, GroupedCommand>>;
    };

/** A command that is called by its name behind that of its group, and loaded when it is called. */
export interface GroupedCommand {
  readonly summary: string;
  load(): Promise<{ readonly main: Main }>;
}
