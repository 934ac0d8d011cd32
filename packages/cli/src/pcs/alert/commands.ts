import { XmlElement } from "@quorate/xml";
import { findById, idExists, uniqueId } from "../../configuration/ids.ts";
import { type Assignment, updateNvset } from "../../configuration/nvsets.ts";
import { ensureSection, sectionElements } from "../../configuration/sections.ts";
import { assignmentMap, parseAssignments, splitAtKeywords } from "../framework/assignments.ts";
import type { PcsCall, PcsCommand, PcsGroup } from "../framework/command.ts";
import { checkId } from "../framework/ids.ts";
import { fail } from "../framework/reports.ts";
import { alertText } from "./alert-text.ts";

const KEYWORDS = { options: {}, meta: {} } as const;
const SETS = "[options [<option>=<value>]...] [meta [<meta-option>=<value>]...]";

const config: PcsCommand = {
  usage: [""],
  help: "Show all alerts.",
  options: ["-f"],
  async run(call) {
    call.expect(0, 0);
    call.print(alertText((await call.cib()).cib));
  },
};

const create: PcsCommand = {
  usage: [`path=<path> [id=<alert id>] [description=<text>] ${SETS}`],
  help: "Create an alert: a program that is run for each event.",
  options: ["-f"],
  async run(call) {
    const { main, options, meta } = parseParts(call.expect(1), ["id", "path", "description"]);
    const editor = await call.cib();
    const path = main.get("path") ?? "";
    if (path === "") fail("required option 'path' is missing");
    const alert = new XmlElement("alert", [
      ["id", newId(editor.cib, main.get("id"), "alert", "alert-id")],
      ["path", path],
    ]);
    setOrRemove(alert, "description", main.get("description"));
    ensureSection(editor.cib, "alerts").append(alert);
    updateNvset(editor.cib, alert, "meta_attributes", meta);
    updateNvset(editor.cib, alert, "instance_attributes", options);
    await editor.commit();
  },
};

const update: PcsCommand = {
  usage: [`<alert id> [path=<path>] [description=<text>] ${SETS}`],
  help: "Change an alert; an empty value removes an option.",
  options: ["-f"],
  async run(call) {
    const [id, ...rest] = call.expect(1);
    const { main, options, meta } = parseParts(rest, ["path", "description"]);
    const editor = await call.cib();
    const alert = findAlert(editor.cib, id!);
    const path = main.get("path") ?? "";
    if (path !== "") alert.set("path", path);
    setOrRemove(alert, "description", main.get("description"));
    updateNvset(editor.cib, alert, "instance_attributes", options, { position: "first" });
    updateNvset(editor.cib, alert, "meta_attributes", meta, { position: "first" });
    await editor.commit();
  },
};

const remove: PcsCommand = {
  usage: ["<alert id>..."],
  help: "Delete alerts.",
  options: ["-f"],
  run: (call) => removeAll(call, "alert", (cib) => sectionElements(cib, "alerts")),
};

const recipientAdd: PcsCommand = {
  usage: [`<alert id> value=<recipient> [id=<recipient id>] [description=<text>] ${SETS}`],
  help: "Add a recipient to an alert.",
  options: ["-f", "--force"],
  async run(call) {
    const [alertId, ...rest] = call.expect(2);
    const { main, options, meta } = parseParts(rest, ["value", "id", "description"]);
    const editor = await call.cib();
    const value = main.get("value") ?? "";
    if (value === "") fail("required option 'value' is missing");
    const alert = findAlert(editor.cib, alertId!);
    checkUnique(call, alert, value, null);
    const recipient = new XmlElement("recipient", [
      ["id", newId(editor.cib, main.get("id"), `${alertId}-recipient`, "recipient-id")],
      ["value", value],
    ]);
    setOrRemove(recipient, "description", main.get("description"));
    alert.append(recipient);
    updateNvset(editor.cib, recipient, "meta_attributes", meta);
    updateNvset(editor.cib, recipient, "instance_attributes", options);
    await editor.commit();
  },
};

const recipientUpdate: PcsCommand = {
  usage: [`<recipient id> [value=<recipient>] [description=<text>] ${SETS}`],
  help: "Change a recipient; an empty value removes an option.",
  options: ["-f", "--force"],
  async run(call) {
    const [id, ...rest] = call.expect(1);
    const { main, options, meta } = parseParts(rest, ["value", "description"]);
    const editor = await call.cib();
    const recipient = findRecipient(editor.cib, id!);
    const value = main.get("value");
    if (value === "") fail("a recipient's value cannot be empty");
    if (value !== undefined) {
      checkUnique(call, recipient.parent!, value, recipient);
      recipient.set("value", value);
    }
    setOrRemove(recipient, "description", main.get("description"));
    updateNvset(editor.cib, recipient, "instance_attributes", options, { position: "first" });
    updateNvset(editor.cib, recipient, "meta_attributes", meta, { position: "first" });
    await editor.commit();
  },
};

const recipientRemove: PcsCommand = {
  usage: ["<recipient id>..."],
  help: "Delete recipients.",
  options: ["-f"],
  run: (call) =>
    removeAll(call, "recipient", (cib) =>
      sectionElements(cib, "alerts").flatMap((alert) => [...alert.descendants("recipient")]),
    ),
};

export const alertGroup: PcsGroup = {
  summary: "Programs that are told what happens in the cluster",
  otherwise: config,
  commands: {
    config,
    show: {
      ...config,
      isHidden: true,
      run(call) {
        call.reports.deprecated("'pcs alert show' is replaced by 'pcs alert config'");
        return config.run(call);
      },
    },
    create,
    update,
    delete: remove,
    remove,
    recipient: {
      summary: "Recipients of alerts",
      commands: {
        add: recipientAdd,
        update: recipientUpdate,
        delete: recipientRemove,
        remove: recipientRemove,
      },
    },
  },
};

interface Parts {
  readonly main: ReadonlyMap<string, string>;
  readonly options: readonly Assignment[];
  readonly meta: readonly Assignment[];
}

function parseParts(words: readonly string[], allowed: readonly string[]): Parts {
  const parts = splitAtKeywords(words, KEYWORDS);
  const main = assignmentMap(parts.get("")![0]!);
  for (const [name, value] of main) {
    if (!allowed.includes(name))
      fail(`Unexpected parameter '${name}=${value}', allowed are ${allowed.join(", ")}`);
  }
  const sorted = (name: string) => sortByName(parseAssignments(parts.get(name)?.[0] ?? []));
  return { main, options: sorted("options"), meta: sorted("meta") };
}

export function sortByName(assignments: readonly Assignment[]): Assignment[] {
  return [...assignments].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}

function newId(cib: XmlElement, given: string | undefined, proposal: string, what: string): string {
  if (given === undefined || given === "") return uniqueId(cib, proposal);
  checkId(given, what);
  if (idExists(cib, given)) fail(`'${given}' already exists`);
  return given;
}

function setOrRemove(element: XmlElement, attribute: string, value: string | undefined): void {
  if (value === undefined) return;
  if (value === "") element.attributes.delete(attribute);
  else element.set(attribute, value);
}

function findAlert(cib: XmlElement, id: string): XmlElement {
  const found = findById(cib, id);
  if (found?.name !== "alert") fail(`alert '${id}' does not exist`);
  return found;
}

function findRecipient(cib: XmlElement, id: string): XmlElement {
  const found = findById(cib, id);
  if (found?.name !== "recipient") fail(`recipient '${id}' does not exist`);
  return found;
}

function checkUnique(call: PcsCall, alert: XmlElement, value: string, self: XmlElement | null): void {
  const isTaken = alert
    .all("recipient")
    .some((recipient) => recipient !== self && recipient.get("value") === value);
  if (isTaken) call.reports.forceable(`Recipient '${value}' in alert '${alert.id}' already exists`);
  call.reports.check();
}

async function removeAll(
  call: PcsCall,
  what: string,
  candidates: (cib: XmlElement) => readonly XmlElement[],
): Promise<void> {
  const ids = call.expect(1);
  const editor = await call.cib();
  const present = candidates(editor.cib);
  for (const id of ids) {
    const found = present.find((element) => element.id === id);
    if (found === undefined) call.reports.error(`${what} '${id}' does not exist`);
    else found.remove();
  }
  call.reports.check();
  await editor.commit();
}
