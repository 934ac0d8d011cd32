import type { CibSession } from "../cluster/cib-session.ts";
import { withCib } from "../cluster/open-cib.ts";
import { defineCommand, UsageError } from "../command.ts";
import { ExitCode } from "../exit-codes.ts";
import { countOption, flagOption, type ParsedValues, valueOption } from "../options/option-table.ts";
import type { Output } from "../output/output.ts";
import {
  changeTicket,
  dangerOf,
  forgetTicket,
  refuseDanger,
  type TicketChange,
  warning,
} from "../ticket/change-ticket.ts";
import { listTickets, showAttribute, showConstraints, showState } from "../ticket/show-tickets.ts";

const QUERIES = "Queries";
const COMMANDS = "Commands";

const options = {
  info: flagOption({ long: "info", short: "l", help: "Which tickets are granted", heading: QUERIES }),
  details: flagOption({
    long: "details",
    short: "L",
    help: "Everything that is remembered of tickets",
    heading: QUERIES,
  }),
  raw: flagOption({ long: "raw", short: "w", help: "The ids of tickets", heading: QUERIES }),
  queryXml: flagOption({
    long: "query-xml",
    short: "q",
    help: "Tickets as the status section has them",
    heading: QUERIES,
  }),
  constraints: flagOption({
    long: "constraints",
    short: "c",
    help: "The constraints that depend on tickets",
    heading: QUERIES,
  }),
  getAttr: valueOption({
    long: "get-attr",
    short: "G",
    metavar: "NAME",
    help: "One attribute of a ticket",
    heading: QUERIES,
  }),
  grant: flagOption({ long: "grant", short: "g", help: "Grant a ticket to this site", heading: COMMANDS }),
  revoke: flagOption({ long: "revoke", short: "r", help: "Take a ticket from this site", heading: COMMANDS }),
  standby: flagOption({
    long: "standby",
    short: "s",
    help: "Stop in order what depends on a ticket",
    heading: COMMANDS,
  }),
  activate: flagOption({
    long: "activate",
    short: "a",
    help: "End the standby of a ticket",
    heading: COMMANDS,
  }),
  setAttr: valueOption({
    long: "set-attr",
    short: "S",
    metavar: "NAME",
    help: "Set an attribute of a ticket (with --attr-value)",
    heading: COMMANDS,
  }),
  deleteAttr: valueOption({
    long: "delete-attr",
    short: "D",
    metavar: "NAME",
    help: "Delete an attribute of a ticket",
    heading: COMMANDS,
  }),
  cleanup: flagOption({
    long: "cleanup",
    short: "C",
    help: "Forget everything about a ticket",
    heading: COMMANDS,
  }),
  ticket: valueOption({ long: "ticket", short: "t", metavar: "ID", help: "The ticket" }),
  attrValue: valueOption({
    long: "attr-value",
    short: "v",
    metavar: "VALUE",
    help: "The value for --set-attr",
  }),
  default: valueOption({
    long: "default",
    short: "d",
    metavar: "VALUE",
    help: "With --get-attr: what to show when the ticket has no such attribute",
  }),
  force: flagOption({ long: "force", short: "f", help: "Grant or revoke without asking back" }),
  setName: valueOption({ long: "set-name", short: "n", metavar: "ID", help: "Accepted", isHidden: true }),
  nvpair: valueOption({ long: "nvpair", short: "i", metavar: "ID", help: "Accepted", isHidden: true }),
  quiet: flagOption({ long: "quiet", short: "Q", help: "Accepted", isHidden: true }),
  verbose: countOption({ long: "verbose", short: "V", help: "Accepted", isHidden: true }),
};

type Options = ParsedValues<typeof options>;

type Task = (cib: CibSession, output: Output) => Promise<number>;

/** `crm_ticket`: tickets of this site. Source: crm_ticket(8). */
export const main = defineCommand({
  name: "crm_ticket",
  isPlannable: true,
  summary: "show and change the tickets of this site",
  usage: "QUERY|COMMAND [options]",
  examples: [
    { line: "crm_ticket --info", explanation: "Which tickets are granted" },
    { line: "crm_ticket --ticket ticketA --standby", explanation: "Stop in order what depends on a ticket" },
    { line: "crm_ticket --ticket ticketA --grant --force", explanation: "Grant a ticket to this site" },
  ],
  options,
  run: ({ options: chosen, operands, output }, world) => {
    if (operands.length > 0) throw new UsageError(`surplus argument "${operands[0]}"`);
    const task = chooseTask(chosen, world.nowMs());
    return withCib(world, (cib) => task(cib, output));
  },
});

/** @throws UsageError */
function chooseTask(chosen: Options, nowMs: number): Task {
  const tasks: Task[] = [];
  const query = (show: (query: Parameters<typeof showState>[0]) => number): void => {
    tasks.push(async (cib, output) => show({ cib: await cib.document(), ticket: chosen.ticket, output }));
  };
  if (chosen.info) query((each) => listTickets(each, "info"));
  if (chosen.details) query((each) => listTickets(each, "details"));
  if (chosen.raw) query((each) => listTickets(each, "raw"));
  if (chosen.queryXml) query(showState);
  if (chosen.constraints) query(showConstraints);
  const { getAttr } = chosen;
  if (getAttr !== null) {
    const ticket = needTicket(chosen);
    query((each) => showAttribute({ ...each, ticket }, getAttr, chosen.default));
  }
  if (chosen.cleanup) tasks.push(cleanup(needTicket(chosen), chosen.force));
  const change = chooseChange(chosen);
  if (change !== null) tasks.push(changing(change, chosen.force, nowMs));
  if (tasks.length === 0) throw new UsageError("Must supply a command");
  if (tasks.length > 1) throw new UsageError("give only one query or command");
  return tasks[0]!;
}

/** Several changes of one ticket are made at once. */
function chooseChange(chosen: Options): TicketChange | null {
  const set: [string, string][] = [];
  if (chosen.grant && chosen.revoke) throw new UsageError("--grant and --revoke exclude each other");
  if (chosen.standby && chosen.activate) throw new UsageError("--standby and --activate exclude each other");
  if (chosen.grant) set.push(["granted", "true"]);
  if (chosen.revoke) set.push(["granted", "false"]);
  if (chosen.standby) set.push(["standby", "true"]);
  if (chosen.activate) set.push(["standby", "false"]);
  if ([chosen.setAttr, chosen.deleteAttr].includes("id"))
    throw new UsageError('"id" is the name of the ticket and cannot be changed; grant another one with -t');
  if (chosen.setAttr !== null) {
    if (chosen.attrValue === null) throw new UsageError(`Must supply value with -v for -S ${chosen.setAttr}`);
    set.push([chosen.setAttr, chosen.attrValue]);
  }
  const unset = chosen.deleteAttr === null ? [] : [chosen.deleteAttr];
  return set.length + unset.length === 0 ? null : { ticket: needTicket(chosen), set, unset };
}

function needTicket({ ticket }: Options): string {
  if (ticket === null) throw new UsageError("Must supply ticket ID with -t");
  return ticket;
}

function changing(change: TicketChange, isForced: boolean, nowMs: number): Task {
  return async (cib, { world }) => {
    const danger = dangerOf(change);
    if (danger !== null && !isForced) return refuseDanger(world, danger, change.ticket);
    if (await changeTicket(cib, change, nowMs)) return ExitCode.ok;
    world.stderr(`${world.programName}: No such ticket '${change.ticket}'; see ${world.programName} --raw\n`);
    return ExitCode.noSuch;
  };
}

function cleanup(ticket: string, isForced: boolean): Task {
  return async (cib, output) => {
    if (!(await forgetTicket(cib, ticket, { isForced }))) {
      output.world.stderr(warning("revoke", ticket));
      return ExitCode.insufficientPrivileges;
    }
    output.show({ text: () => `Cleaned up ${ticket}\n`, xml: () => [] });
    return ExitCode.ok;
  };
}
